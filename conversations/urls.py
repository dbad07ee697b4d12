"""Addresses below /app/conversations/."""

from django.urls import path

from conversations import playground_views, views

app_name = "conversations"
urlpatterns = [
    path("", views.conversation_list, name="list"),
    path("playground/<str:chatbot>/", playground_views.playground_page, name="playground"),
    path("playground/<str:chatbot>/new", playground_views.start_again, name="playground_new"),
    path(
        "playground/<str:chatbot>/messages", playground_views.playground_messages, name="playground_messages"
    ),
    path("<str:conversation>/", views.conversation_thread, name="thread"),
    path("<str:conversation>/messages", views.conversation_messages, name="messages"),
    path("<str:conversation>/messages/<str:message>/passages", views.message_passages, name="passages"),
    path("<str:conversation>/row", views.conversation_row, name="row"),
    path("<str:conversation>/reply", views.reply, name="reply"),
    path("<str:conversation>/take-over", views.take_over, name="take_over"),
    path("<str:conversation>/hand-back", views.hand_back, name="hand_back"),
    path("<str:conversation>/close", views.close, name="close"),
    path("<str:conversation>/archive", views.archive, name="archive"),
    path("<str:conversation>/reopen", views.reopen, name="reopen"),
]

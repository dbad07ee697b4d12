"""Addresses of the studio, below /app/bots/."""

from django.urls import path

from chatbots import views, widget_views

app_name = "chatbots"
urlpatterns = [
    path("", views.chatbot_list, name="list"),
    path("new/", views.create, name="create"),
    path("<str:bot>/", views.behaviour, name="studio"),
    path("<str:bot>/draft/", views.save_draft, name="save_draft"),
    path("<str:bot>/draft/discard/", views.discard_draft, name="discard_draft"),
    path("<str:bot>/publish/", views.publish, name="publish"),
    path("<str:bot>/versions/", views.versions, name="versions"),
    path("<str:bot>/versions/<str:version>/publish/", views.publish_again, name="publish_again"),
    path("<str:bot>/pause/", views.pause, name="pause"),
    path("<str:bot>/resume/", views.resume, name="resume"),
    path("<str:bot>/delete/", views.delete, name="delete"),
    path("<str:bot>/widget/", widget_views.widget, name="widget"),
    path("<str:bot>/widget/save/", widget_views.save_widget, name="save_widget"),
    path("<str:bot>/widget/texts/<str:locale>/", widget_views.locale_texts, name="locale_texts"),
    path("<str:bot>/embed/", widget_views.embed, name="embed"),
    path("<str:bot>/embed/domains/", widget_views.save_domains, name="save_domains"),
    path("<str:bot>/embed/status/", widget_views.embed_status, name="embed_status"),
]

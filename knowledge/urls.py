"""The addresses of knowledge in the dashboard, below /app/knowledge/."""

from django.urls import path

from knowledge import file_views, views

app_name = "knowledge"

urlpatterns = [
    path("", views.item_list, name="list"),
    path("try/", views.try_question, name="try"),
    path("add/<slug:source>/", views.add, name="add"),
    path("files/<str:token>/", file_views.signed_file, name="signed_file"),
    path("<str:item>/", views.detail, name="detail"),
    path("<str:item>/row/", views.row, name="row"),
    path("<str:item>/edit/", views.edit, name="edit"),
    path("<str:item>/delete/", views.delete, name="delete"),
    path("<str:item>/restore/", views.restore, name="restore"),
    path("<str:item>/retry/", views.retry, name="retry"),
    path("<str:item>/file/", file_views.download, name="file"),
]

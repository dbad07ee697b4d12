"""Addresses below /app/api/."""

from django.urls import path

from integrations import views

app_name = "integrations"
urlpatterns = [
    path("", views.api, name="api"),
    path("keys/", views.create_key, name="create_key"),
    path("keys/<str:key>/revoke/", views.revoke_key, name="revoke_key"),
    path("providers/new/", views.provider, name="new_provider"),
    path("providers/<str:provider>/", views.provider, name="provider"),
    path("providers/<str:provider>/delete/", views.delete_provider, name="delete_provider"),
    path("providers/<str:provider>/test/", views.test_provider, name="test_provider"),
]

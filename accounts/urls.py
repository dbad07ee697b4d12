"""Addresses of a person and their workspace, below /app/."""

from django.urls import path

from accounts import invitation_views, views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/workspace/", views.workspace_settings, name="workspace"),
    path("settings/audit/", views.audit, name="audit"),
    path("welcome/", views.welcome, name="welcome"),
    path("welcome/<str:invitation>/", invitation_views.join, name="join"),
    path("switch/", views.switch, name="switch"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
]

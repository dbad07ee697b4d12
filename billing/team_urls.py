"""Addresses of the team page, below /app/team/."""

from django.urls import path

from billing import team_views as views

app_name = "team"
urlpatterns = [
    path("", views.team, name="list"),
    path("invite/", views.invite, name="invite"),
    path("leave/", views.leave, name="leave"),
    path("invitations/<str:invitation>/resend/", views.resend, name="resend"),
    path("invitations/<str:invitation>/revoke/", views.revoke, name="revoke"),
    path("members/<str:member>/role/", views.change_role, name="change_role"),
    path("members/<str:member>/remove/", views.remove, name="remove"),
]

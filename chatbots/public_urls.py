"""Addresses that pages of other sites call, below /widget/."""

from django.urls import path

from chatbots import public_views

app_name = "widget"
urlpatterns = [
    path("<str:bot>/launcher", public_views.launcher, name="launcher"),
    path("<str:bot>/avatar", public_views.avatar, name="avatar"),
]

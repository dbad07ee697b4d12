"""Addresses that the widget calls, beside those of chatbots."""

from django.urls import path

from conversations import public_views

app_name = "visit"
urlpatterns = [path("<str:bot>/session", public_views.session, name="session")]

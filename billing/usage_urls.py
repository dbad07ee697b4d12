"""Addresses below /app/usage/; here because limits are a plan's, and usage knows no plans."""

from django.urls import path

from billing import usage_views

app_name = "usage"
urlpatterns = [
    path("", usage_views.report, name="report"),
    path("usage.csv", usage_views.download, name="download"),
]

"""The address of the overview, and of its first-run list that asks again by itself."""

from django.urls import path

from conversations import overview_views

urlpatterns = [
    path("", overview_views.overview, name="overview"),
    path("first-steps", overview_views.first_steps, name="first_steps"),
]

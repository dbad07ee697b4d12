"""The address of the overview, and of its first-run list that asks again by itself."""

from django.urls import path

from conversations import overview_views

urlpatterns = [
    path("", overview_views.overview_page, name="overview"),
    path("first-steps", overview_views.first_steps, name="first_steps"),
    path("now", overview_views.overview_now, name="overview_now"),
]

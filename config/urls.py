"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.process, name="healthz"),
    path("readyz", health.readiness, name="readyz"),
    path("operator/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("app/", include("accounts.urls")),
    path("app/", include("conversations.overview_urls")),
    path("app/conversations/", include("conversations.urls")),
    path("app/team/", include("billing.team_urls")),
    path("app/bots/", include("chatbots.urls")),
    path("widget/", include("chatbots.public_urls")),
]

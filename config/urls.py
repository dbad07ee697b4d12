"""Every address of the product."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from config import branding, health, pages, widget_views

# Operators sign in like everybody else: rate limits, verified address, second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", pages.landing, name="landing"),
    path("pricing/", pages.pricing_page, name="pricing"),
    path("docs/", pages.docs_index, name="docs"),
    path("docs/<slug:slug>/", pages.docs_page, name="doc"),
    path("styleguide/", pages.styleguide, name="styleguide"),
    path("brand.css", branding.stylesheet, name="brand_css"),
    path("widget.js", widget_views.loader, name="widget_loader"),
    path("widget/", include("conversations.public_urls")),
    path("widget/", include("chatbots.public_urls")),
    path("healthz", health.process, name="healthz"),
    path("readyz", health.readiness, name="readyz"),
    path("app/", include("conversations.overview_urls")),
    path("app/conversations/", include("conversations.urls")),
    path("app/bots/", include("chatbots.urls")),
    path("app/knowledge/", include("knowledge.urls")),
    path("app/team/", include("billing.team_urls")),
    path("app/billing/", include("billing.urls")),
    path("app/usage/", include("billing.usage_urls")),
    path("app/api/", include("integrations.urls")),
    path("app/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("operator/", admin.site.urls),
]

handler500 = "config.middleware.server_error"

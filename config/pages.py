"""Decides what the public pages show: landing, pricing, documentation, and the style guide in development.

Called by config.urls; knows no tenant beyond the plan of a signed-in visitor.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.tenancy import current_membership
from billing import entitlements
from chatbots.models import Chatbot, ChatbotStatus
from config import documentation, pricing, specimens
from config.demo import HELP_BOT_ID


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    is_shown = Chatbot.objects.filter(public_id=HELP_BOT_ID, status=ChatbotStatus.ACTIVE).exists()
    context = {"demo_bot": HELP_BOT_ID if is_shown else "", "widget_src": reverse("widget_loader")}
    return render(request, "config/landing.html", context)


@require_safe
def pricing_page(request: HttpRequest) -> HttpResponse:
    plans = pricing.public_plans()
    current_code = _current_plan(request)
    context = {
        "nav_current": "pricing",
        "plans": [pricing.card(plan, current_code) for plan in plans],
        "limit_groups": pricing.limit_groups(plans),
    }
    return render(request, "config/pricing.html", context)


def _current_plan(request: HttpRequest) -> str:
    """The code of the visitor's own plan, where somebody with a workspace is signed in."""
    membership = current_membership(request) if request.user.is_authenticated else None
    return entitlements.for_customer(membership.customer).plan_code if membership else ""


@require_safe
def docs_index(request: HttpRequest) -> HttpResponse:
    pages = documentation.pages()
    if not pages:
        raise Http404
    return redirect(pages[0].address)


@require_safe
def docs_page(request: HttpRequest, slug: str) -> HttpResponse:
    page = documentation.find(slug)
    if page is None:
        raise Http404
    previous_page, next_page = documentation.neighbours(page)
    context = {
        "nav_current": "docs",
        "page": page,
        "article": documentation.article(slug),
        "groups": documentation.groups(),
        "previous_page": previous_page,
        "next_page": next_page,
    }
    return render(request, "config/docs.html", context)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every token and component, in development only."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "config/styleguide.html", specimens.all_specimens())

"""Landing, pricing, the style guide and the error pages as a visitor gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from billing.models import Interval, Plan, PlanPrice, PlanVersion
from usage.models import UsageType

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.fixture
def plan(db: None) -> Plan:
    plan = Plan.objects.create(
        code="harbour", name="Harbour", description="For one quay.", is_highlighted=True, position=99
    )
    version = PlanVersion.objects.create(
        plan=plan, number=1, trial_days=14, messages=2000, seats=None, whatsapp_messages=0
    )
    PlanPrice.objects.create(version=version, interval=Interval.MONTH, currency="EUR", amount_minor=2950)
    version.overage_prices.create(unit=UsageType.MESSAGE, currency="EUR", amount="0.020000")
    plan.current_version = version
    plan.save()
    return plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["landing", "pricing", "account_login", "account_signup", "account_reset_password"]
)
def test_public_page_is_whole_and_carries_nothing_inline(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert not INLINE.search(page)
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_price_list_shows_plans_on_sale(client: Client, plan: Plan) -> None:
    page = client.get(reverse("pricing")).content.decode()
    assert "€\N{NO-BREAK SPACE}29.50" in page
    assert "2,000" in page
    assert "€\N{NO-BREAK SPACE}0.02 each, up to your ceiling" in page
    assert "No limit" in page
    assert "Not included" in page


def test_price_list_hides_private_plans(client: Client, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_public=False)
    assert "For one quay." not in client.get(reverse("pricing")).content.decode()


def test_style_guide_is_for_development(client: Client, settings: Any) -> None:
    settings.DEBUG = False
    assert client.get(reverse("styleguide")).status_code == 404


@pytest.mark.django_db
def test_style_guide_draws_every_component(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    page = client.get(reverse("styleguide")).content.decode()
    assert not INLINE.search(page)
    for part in (
        "chart__line",
        "checklist",
        "evidence",
        "passage",
        "kpi__value",
        "meter",
        "toast",
        "empty",
        "skeleton",
    ):
        assert part in page


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_error_page_needs_neither_request_nor_database(code: str) -> None:
    page = render_to_string(f"{code}.html")
    assert page.count("<h1") == 1
    assert not INLINE.search(page)


def test_theme_of_the_cookie_is_drawn_by_the_server(client: Client, db: None) -> None:
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get(reverse("landing")).content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get(reverse("landing")).content.decode().split(">", 2)[1]


@pytest.mark.django_db
def test_reset_mail_comes_as_text_and_html(client: Client, owner: Any) -> None:
    client.post(reverse("account_reset_password"), {"email": owner.email})
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    address = re.search(r"http://\S+", str(sent.body))
    assert address
    assert address.group() in html
    assert "<img" not in html

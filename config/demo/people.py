"""Decides who the demo's people are: the customer, its members with fixed logins, and an operator.

Called by config.demo.seeding and config.demo.removal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.models import AuditEntry, Customer, MemberRole, Membership, Role, User
from accounts.signup import create_customer

CUSTOMER_NAME = "Lantern Cycles (demo)"
OWNER_EMAIL = "demo-owner@example.com"
AGENT_EMAIL = "demo-agent@example.com"
VIEWER_EMAIL = "demo-viewer@example.com"
OPERATOR_EMAIL = "demo-operator@example.com"
EMAILS = (OWNER_EMAIL, AGENT_EMAIL, VIEWER_EMAIL, OPERATOR_EMAIL)


class DemoPasswordMissingError(Exception):
    """Outside the embedded mode the demo's logins get no well-known password."""


@dataclass(frozen=True, slots=True)
class Team:
    customer: Customer
    owner: User
    agent: User


def find_customer() -> Customer | None:
    return Customer.objects.filter(is_demo=True, memberships__user__email=OWNER_EMAIL).first()


def ensure_team(now: datetime) -> Team:
    """The demo's customer and members, made on first need; the operator in embedded mode only."""
    if not settings.DEMO_PASSWORD:
        raise DemoPasswordMissingError
    owner = _user(OWNER_EMAIL, "Mira Okafor")
    agent = _user(AGENT_EMAIL, "João Ferreira")
    customer = find_customer() or _found(owner, now)
    _seat(customer, agent, MemberRole.AGENT)
    _seat(customer, _user(VIEWER_EMAIL, "Ilse de Wit", password=None), MemberRole.VIEWER)
    if not settings.IS_PRODUCTION:
        _user(OPERATOR_EMAIL, "Operator", role=Role.ADMIN, is_superuser=True)
    return Team(customer=customer, owner=owner, agent=agent)


def _found(owner: User, now: datetime) -> Customer:
    customer = create_customer(owner, CUSTOMER_NAME)
    customer.is_demo = True
    customer.country, customer.currency, customer.time_zone = "NL", "EUR", "Europe/Amsterdam"
    customer.created_at = now - timedelta(days=75)
    customer.save()
    AuditEntry.objects.for_customer(customer).update(created_at=customer.created_at)
    return customer


def _user(email: str, name: str, **fields: object) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        details = {"password": settings.DEMO_PASSWORD, "time_zone": "Europe/Amsterdam", **fields}
        user = User.objects.create_user(email, name=name, **details)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _seat(customer: Customer, user: User, role: MemberRole) -> None:
    Membership.objects.get_or_create(customer=customer, user=user, defaults={"role": role})

"""Decides what else the demo's workspace holds: an invitation, API keys, a page that failed, and who did what.

Called by config.demo.seeding. Keys and secrets are random and were never shown to anybody.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from accounts.models import AuditEntry, Invitation, MemberRole, Membership
from config.demo.people import Team
from integrations.models import APIKey, WebhookEndpoint
from knowledge.models import ItemKind, ItemState, KnowledgeBase, KnowledgeItem

INVITED = "demo-invited@example.com"


def write(team: Team, base: KnowledgeBase, now: datetime) -> None:
    _invite(team, now)
    _key(team, "Stock system", now - timedelta(days=41), used=now - timedelta(minutes=35))
    _key(team, "Old import", now - timedelta(days=58), revoked=now - timedelta(days=20))
    _endpoint(team, now)
    _audit(team, now)
    _seats(team, now)
    _unreadable_page(base, now)
    _age_items(team, now)


def _seats(team: Team, now: datetime) -> None:
    ages = {MemberRole.OWNER: 75, MemberRole.AGENT: 69, MemberRole.VIEWER: 40}
    for seat in Membership.objects.for_customer(team.customer):
        seat.created_at = now - timedelta(days=ages[MemberRole(seat.role)])
        seat.save(update_fields=["created_at"])


def _unreadable_page(base: KnowledgeBase, now: datetime) -> None:
    KnowledgeItem.objects.create(
        knowledge_base=base,
        title="partners.lanterncycles.example",
        kind=ItemKind.WEB_PAGE,
        source_url="https://partners.lanterncycles.example/",
        state=ItemState.FAILED,
        failure_code="unreachable",
        failure_reason="The page could not be reached.",
        failure_remedy="Open the address in a browser, correct it here, and try again.",
        created_at=now - timedelta(days=4),
    )


def _age_items(team: Team, now: datetime) -> None:
    """Written over two months, not all a minute ago."""
    items = list(KnowledgeItem.objects.for_customer(team.customer).order_by("pk"))
    for number, item in enumerate(items):
        item.created_at = now - timedelta(days=62 - number)
        item.updated_at = now - timedelta(days=(62 - number) * 3 % 40, hours=number % 9)
        item.live_since = item.updated_at if item.state == ItemState.READY else None
    KnowledgeItem.objects.bulk_update(items, ["created_at", "updated_at", "live_since"])


def _invite(team: Team, now: datetime) -> None:
    Invitation.objects.create(
        customer=team.customer,
        email=INVITED,
        role=MemberRole.AGENT,
        token_hash=_random_hash(),
        open_key=f"{team.customer.pk}:{INVITED}",
        invited_by=team.owner,
        expires_at=now + timedelta(days=5),
        created_at=now - timedelta(days=2),
    )


def _key(
    team: Team, name: str, made: datetime, *, used: datetime | None = None, revoked: datetime | None = None
) -> None:
    APIKey.objects.create(
        customer=team.customer,
        name=name,
        prefix=f"demo_{secrets.token_hex(3)}",
        secret_hash=_random_hash(),
        scopes=["conversations:read"],
        last_used_at=used,
        revoked_at=revoked,
        created_by=team.owner,
        created_at=made,
    )


def _endpoint(team: Team, now: datetime) -> None:
    """Switched off: nothing may ever be sent to an invented address."""
    WebhookEndpoint.objects.create(
        customer=team.customer,
        url="https://lanterncycles.example/hooks/chat",
        description="Demo, never called",
        event_types=["conversation.handover_requested"],
        secret=secrets.token_urlsafe(24),
        is_enabled=False,
        disabled_reason="Demo data",
        created_at=now - timedelta(days=40),
    )


def _audit(team: Team, now: datetime) -> None:
    rows = (
        (70, "member.invited", {"email": team.agent.email, "role": MemberRole.AGENT}),
        (69, "member.joined", {"role": MemberRole.AGENT}),
        (38, "chatbot.widget_changed", {"color": "#b5471b"}),
        (33, "customer.settings_changed", {"time_zone": "Europe/Amsterdam"}),
        (2, "member.invited", {"email": INVITED, "role": MemberRole.AGENT}),
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(
            customer=team.customer,
            actor=team.agent if action == "member.joined" else team.owner,
            action=action,
            after=after,
            created_at=now - timedelta(days=age, hours=3),
        )
        for age, action, after in rows
    )


def _random_hash() -> str:
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()

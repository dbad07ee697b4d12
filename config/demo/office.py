"""Decides what else the demo's workspace holds: an open invitation, API keys, an endpoint, and who did what.

Called by config.demo.seeding. Keys and secrets are random and were never shown to anybody.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from accounts.models import AuditEntry, Invitation, MemberRole
from config.demo.people import Team
from integrations.models import APIKey, WebhookEndpoint

INVITED = "demo-invited@example.com"


def write(team: Team, now: datetime) -> None:
    _invite(team, now)
    _key(team, "Stock system", now - timedelta(days=41), used=now - timedelta(minutes=35))
    _key(team, "Old import", now - timedelta(days=58), revoked=now - timedelta(days=20))
    _endpoint(team, now)
    _audit(team, now)


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

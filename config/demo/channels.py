"""Decides which WhatsApp accounts the demo shows; both are disconnected and hold no working secret.

Called by config.demo.seeding.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from chatbots.models import Chatbot
from conversations.models import Channel
from whatsapp.models import CloudAccountState, QRSessionStatus, WhatsAppCloudAccount, WhatsAppQRSession

REASON = "Demo data: this number was never connected."


def ensure_accounts(chatbot: Chatbot, now: datetime) -> dict[str, str]:
    """The account's public id by channel."""
    return {
        Channel.WIDGET: "widget",
        Channel.WHATSAPP_CLOUD: _cloud(chatbot, now).public_id,
        Channel.WHATSAPP_QR: _linked_phone(chatbot, now).public_id,
    }


def _cloud(chatbot: Chatbot, now: datetime) -> WhatsAppCloudAccount:
    found = WhatsAppCloudAccount.objects.for_customer(chatbot.customer).first()
    return found or WhatsAppCloudAccount.objects.create(
        customer=chatbot.customer,
        chatbot=chatbot,
        phone_number_id=f"demo-{secrets.token_hex(8)}",
        business_account_id="demo",
        display_number="+44 7700 900900",
        access_token=secrets.token_urlsafe(24),
        app_secret=secrets.token_urlsafe(24),
        verify_token=secrets.token_urlsafe(24),
        state=CloudAccountState.DISCONNECTED,
        state_reason=REASON,
        last_inbound_at=now - timedelta(hours=3),
    )


def _linked_phone(chatbot: Chatbot, now: datetime) -> WhatsAppQRSession:
    found = WhatsAppQRSession.objects.for_customer(chatbot.customer).first()
    return found or WhatsAppQRSession.objects.create(
        customer=chatbot.customer,
        chatbot=chatbot,
        name="Workshop phone",
        status=QRSessionStatus.DISCONNECTED,
        status_reason=REASON,
        phone="+447700900901",
        last_traffic_at=now - timedelta(hours=9),
        consented_at=now - timedelta(days=58),
    )

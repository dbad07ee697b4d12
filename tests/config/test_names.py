"""The names and words that the product's definition fixes."""

from importlib import import_module

import pytest
from django.db import models

MODELS = {
    "accounts": "User Customer",
    "billing": "Plan Subscription Invoice PaymentMethodStored PaymentTransaction ExchangeRate SubscriptionHistory "
    "PaymentWebhookLog",
    "chatbots": "Chatbot WidgetSettings",
    "knowledge": "KnowledgeBase KnowledgeItem",
    "conversations": "Conversation Message",
    "whatsapp": "WhatsAppCloudAccount WhatsAppQRSession",
    "integrations": "WebhookEvent APIKey AIProviderConfig",
    "usage": "UsageLog BillingEvent",
}
ENUMERATIONS = {
    "accounts.Role": "USER ADMIN",
    "conversations.Channel": "WIDGET WHATSAPP_CLOUD WHATSAPP_QR",
    "conversations.ConversationStatus": "ACTIVE CLOSED ARCHIVED",
    "conversations.MessageRole": "USER ASSISTANT SYSTEM",
    "conversations.DeliveryStatus": "PENDING SENT DELIVERED READ FAILED",
    "whatsapp.QRSessionStatus": "DISCONNECTED CONNECTING QR_READY CONNECTED",
    "integrations.WebhookStatus": "PENDING SENT FAILED",
    "usage.UsageType": "MESSAGE AI_REQUEST WHATSAPP_MESSAGE",
    "usage.BillingStatus": "PENDING COMPLETED FAILED",
}


@pytest.mark.parametrize(("app", "names"), MODELS.items())
def test_models_stand_under_their_fixed_names(app: str, names: str) -> None:
    module = import_module(f"{app}.models")
    for name in names.split():
        assert issubclass(getattr(module, name), models.Model)
        assert getattr(module, name)._meta.app_label == app


@pytest.mark.parametrize(("path", "values"), ENUMERATIONS.items())
def test_enumerations_hold_exactly_the_fixed_words(path: str, values: str) -> None:
    app, name = path.split(".")
    enumeration = getattr(import_module(f"{app}.models"), name)
    assert issubclass(enumeration, models.TextChoices)
    assert [member.value for member in enumeration] == values.split()
    assert [member.name for member in enumeration] == values.split()

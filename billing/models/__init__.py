"""Plans, subscriptions and payments."""

from billing.models.payments import (
    ExchangeRate,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceStatus,
    PaymentMethodStored,
    PaymentTransaction,
    PaymentWebhookLog,
    TransactionKind,
    TransactionStatus,
    WebhookLogStatus,
)
from billing.models.plans import (
    LIMIT_NAMES,
    EntitlementOverride,
    Interval,
    Plan,
    PlanOveragePrice,
    PlanPrice,
    PlanVersion,
)
from billing.models.subscriptions import (
    LIVE_STATUSES,
    Subscription,
    SubscriptionHistory,
    SubscriptionStatus,
)

__all__ = [
    "LIMIT_NAMES",
    "LIVE_STATUSES",
    "EntitlementOverride",
    "ExchangeRate",
    "Interval",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "InvoiceStatus",
    "PaymentMethodStored",
    "PaymentTransaction",
    "PaymentWebhookLog",
    "Plan",
    "PlanOveragePrice",
    "PlanPrice",
    "PlanVersion",
    "Subscription",
    "SubscriptionHistory",
    "SubscriptionStatus",
    "TransactionKind",
    "TransactionStatus",
    "WebhookLogStatus",
]

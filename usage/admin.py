"""The usage ledger as operators see it: all of it read-only."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from usage.models import BillingEvent, Reservation, UsageCounter, UsageLog


@admin.register(UsageLog)
class UsageLogAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "customer",
        "type",
        "quantity",
        "chatbot",
        "channel",
        "provider",
        "model",
        "cost_micros",
        "currency",
    )
    list_filter = ("type", "channel", "provider")
    list_select_related = ("customer", "chatbot")
    search_fields = ("idempotency_key", "customer__name", "customer__public_id", "message__public_id")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(BillingEvent)
class BillingEventAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "customer",
        "kind",
        "usage_type",
        "quantity",
        "amount_minor",
        "currency",
        "status",
    )
    list_filter = ("status", "kind", "usage_type", "currency")
    list_select_related = ("customer",)
    search_fields = ("public_id", "idempotency_key", "remote_reference", "customer__name")
    date_hierarchy = "created_at"


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("key", "customer", "amounts", "state", "expires_at", "created_at")
    list_filter = ("state",)
    list_select_related = ("customer",)
    search_fields = ("key", "customer__name", "customer__public_id")
    show_full_result_count = False


@admin.register(UsageCounter)
class UsageCounterAdmin(ReadOnlyAdmin):
    list_display = ("customer", "scope", "unit", "period_start", "used")
    list_filter = ("unit", "scope")
    list_select_related = ("customer",)
    search_fields = ("customer__name", "customer__public_id")
    date_hierarchy = "period_start"

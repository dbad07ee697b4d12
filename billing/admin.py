"""Plans, subscriptions and money as operators see them; what moved money is read-only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from billing import entitlements, plans, subscriptions
from billing.forms import PRICE_FIELDS, PaymentForm, PlanForm
from billing.gateways.base import gateway
from billing.models import (
    LIMIT_NAMES,
    EntitlementOverride,
    ExchangeRate,
    Interval,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    PaymentMethodStored,
    PaymentTransaction,
    PaymentWebhookLog,
    Plan,
    PlanOveragePrice,
    PlanPrice,
    PlanVersion,
    Subscription,
    SubscriptionHistory,
)


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    """Limits and prices are edited here and become a new version; subscribers keep theirs."""

    form = PlanForm
    list_display = (
        "name",
        "code",
        "position",
        "is_public",
        "is_default",
        "is_highlighted",
        "current_version",
    )
    list_filter = ("is_public", "is_default")
    list_select_related = ("current_version__plan",)
    search_fields = ("name", "code", "public_id")
    fieldsets = (
        (None, {"fields": ("code", "name", "description", "position")}),
        (_("Shown"), {"fields": ("is_public", "is_default", "is_highlighted", "features")}),
        (_("Limits (empty: no limit)"), {"fields": LIMIT_NAMES}),
        (_("Prices"), {"fields": (*PRICE_FIELDS, "trial_days")}),
    )

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.is_new_version():
            plans.new_version(obj, form.version_values(), form.prices())
        if obj.is_default:
            plans.make_default(obj)
        entitlements.forget()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A plan that was sold is history: take it off sale instead."""
        return False


class PriceInline(admin.TabularInline):
    model = PlanPrice
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PlanVersion)
class PlanVersionAdmin(ReadOnlyAdmin):
    list_display = (
        "plan",
        "number",
        "trial_days",
        "chatbots",
        "seats",
        "messages",
        "ai_requests",
        "created_at",
    )
    list_filter = ("plan",)
    list_select_related = ("plan",)
    search_fields = ("plan__name", "plan__code")
    inlines = (PriceInline,)


@admin.register(PlanPrice)
class PlanPriceAdmin(ReadOnlyAdmin):
    list_display = ("version", "interval", "currency", "amount_minor", "remote_id")
    list_filter = ("interval", "currency")
    list_select_related = ("version__plan",)
    search_fields = ("version__plan__name", "remote_id")


@admin.register(PlanOveragePrice)
class PlanOveragePriceAdmin(ReadOnlyAdmin):
    list_display = ("version", "unit", "currency", "amount")
    list_filter = ("unit", "currency")
    list_select_related = ("version__plan",)
    search_fields = ("version__plan__name",)


@admin.register(EntitlementOverride)
class EntitlementOverrideAdmin(admin.ModelAdmin):
    list_display = ("customer", "limit", "value", "reason", "expires_at", "created_at")
    list_filter = ("limit",)
    list_select_related = ("customer",)
    search_fields = ("customer__name", "customer__public_id", "reason")
    autocomplete_fields = ("customer",)

    def save_model(self, request: HttpRequest, obj: EntitlementOverride, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        entitlements.forget(obj.customer)

    def delete_model(self, request: HttpRequest, obj: EntitlementOverride) -> None:
        super().delete_model(request, obj)
        entitlements.forget(obj.customer)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        entitlements.forget()


class HistoryInline(admin.TabularInline):
    model = SubscriptionHistory
    fields = ("created_at", "from_status", "to_status", "to_plan_version", "actor", "cause")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("to_plan_version__plan", "actor")


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Begun and ended here for customers who pay by transfer; never edited."""

    list_display = ("customer", "plan_version", "interval", "status", "current_period_end", "gateway")
    list_filter = ("status", "interval", "gateway", "cancel_at_period_end")
    list_select_related = ("customer", "plan_version__plan")
    search_fields = ("public_id", "remote_id", "customer__name", "customer__public_id")
    date_hierarchy = "created_at"
    exclude = ("live_key",)
    autocomplete_fields = ("customer", "plan_version")
    inlines = (HistoryInline,)
    actions = ("end_now",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else ("customer", "plan_version", "interval")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        actor: Any = request.user
        begun = subscriptions.start(
            obj.customer, obj.plan_version, interval=Interval(obj.interval), actor=actor, cause="operator"
        )
        obj.pk = begun.pk

    @admin.action(description=_("End the chosen subscriptions now"))
    def end_now(self, request: HttpRequest, queryset: Any) -> None:
        actor: Any = request.user
        for subscription in queryset.select_related("customer", "plan_version__plan"):
            subscriptions.end(subscription, actor=actor, cause="operator")


@admin.register(SubscriptionHistory)
class SubscriptionHistoryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "subscription", "from_status", "to_status", "actor", "cause")
    list_filter = ("to_status",)
    list_select_related = ("subscription__customer", "subscription__plan_version__plan", "actor")
    search_fields = ("subscription__public_id", "subscription__customer__name", "cause")


class LineInline(admin.TabularInline):
    model = InvoiceLine
    fields = ("description", "quantity", "unit_amount", "amount_minor", "billing_event")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ("number", "customer", "status", "total_minor", "paid_minor", "currency", "issued_at")
    list_filter = ("status", "currency", "gateway")
    list_select_related = ("customer",)
    search_fields = ("number", "public_id", "remote_id", "customer__name")
    date_hierarchy = "issued_at"
    inlines = (LineInline,)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "description", "quantity", "amount_minor", "billing_event")
    list_select_related = ("invoice", "billing_event")
    search_fields = ("invoice__number", "description")


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(ReadOnlyAdmin):
    list_display = ("code", "last_number")
    search_fields = ("code",)


@admin.register(PaymentMethodStored)
class PaymentMethodStoredAdmin(ReadOnlyAdmin):
    list_display = (
        "customer",
        "gateway",
        "brand",
        "last_four",
        "expires_month",
        "expires_year",
        "is_default",
    )
    list_filter = ("gateway", "brand", "is_default")
    list_select_related = ("customer",)
    search_fields = ("public_id", "last_four", "customer__name")
    exclude = ("gateway_token",)


@admin.register(PaymentTransaction)
class PaymentTransactionAdmin(ReadOnlyAdmin):
    """A bank transfer that arrived is added here and becomes a paid invoice; nothing is edited."""

    form = PaymentForm
    autocomplete_fields = ("customer",)
    list_display = (
        "created_at",
        "customer",
        "kind",
        "status",
        "amount_minor",
        "currency",
        "gateway",
        "invoice",
    )
    list_filter = ("kind", "status", "gateway", "currency")
    list_select_related = ("customer", "invoice")
    search_fields = ("public_id", "gateway_reference", "invoice__number", "customer__name")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj:
            return [field.name for field in obj._meta.fields if field.name != "id"]
        return ("customer", "amount_minor", "currency", "gateway_reference", "description")

    def save_model(self, request: HttpRequest, obj: PaymentTransaction, form: Any, change: bool) -> None:
        actor: Any = request.user
        obj.pk = gateway("manual").record_payment(obj.customer, form.payment(), actor).pk


@admin.register(ExchangeRate)
class ExchangeRateAdmin(admin.ModelAdmin):
    list_display = ("date", "base", "quote", "rate", "source")
    list_filter = ("base", "quote", "source")
    search_fields = ("base", "quote", "source")
    date_hierarchy = "date"


@admin.register(PaymentWebhookLog)
class PaymentWebhookLogAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "gateway", "type", "event_id", "status", "attempts", "error")
    list_filter = ("status", "gateway", "type")
    search_fields = ("event_id", "type", "error")
    date_hierarchy = "received_at"
    show_full_result_count = False

"""What was charged and paid: invoices, methods, transactions, rates, and the gateways' raw events."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped
from accounts.querysets import TenantQuerySet
from billing.models.subscriptions import Subscription
from usage.models import BillingEvent


class InvoiceStatus(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    OPEN = "OPEN", _("Open")
    PAID = "PAID", _("Paid")
    VOID = "VOID", _("Void")
    UNCOLLECTIBLE = "UNCOLLECTIBLE", _("Uncollectible")


class ExchangeRate(models.Model):
    """One unit of `base` is worth `rate` of `quote` on `date`; queried newest at or before."""

    base = models.CharField(_("base"), max_length=3)
    quote = models.CharField(_("quote"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    date = models.DateField(_("date"))
    source = models.CharField(_("source"), max_length=40)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("-date", "base", "quote")
        constraints = (
            models.UniqueConstraint(fields=("base", "quote", "date", "source"), name="one_rate_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.rate} ({self.date})"


class Invoice(Timestamped):
    """A bill in minor units of its currency; immutable once issued."""

    public_id = PublicIdField(prefix="in")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    number = models.CharField(_("number"), max_length=60, null=True, blank=True, unique=True)
    status = models.CharField(
        _("status"), max_length=14, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT
    )
    currency = models.CharField(_("currency"), max_length=3)
    subtotal_minor = models.BigIntegerField(_("subtotal"), default=0)
    tax_minor = models.BigIntegerField(_("tax"), default=0)
    total_minor = models.BigIntegerField(_("total"), default=0)
    paid_minor = models.BigIntegerField(_("paid"), default=0)
    period_start = models.DateTimeField(_("period start"), null=True, blank=True)
    period_end = models.DateTimeField(_("period end"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    hosted_url = models.URLField(_("hosted address"), max_length=600, blank=True)
    pdf = models.FileField(_("PDF"), max_length=300, blank=True)
    gateway = models.CharField(_("gateway"), max_length=20, default="manual")
    remote_id = models.CharField(_("remote id"), max_length=120, null=True, blank=True, unique=True)
    exchange_rate = models.ForeignKey(
        ExchangeRate, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("customer", "-created_at"), name="invoice_customer_time"),)

    def __str__(self) -> str:
        return self.number or self.public_id


class InvoiceSeries(models.Model):
    """The last number given in one series of invoices; numbers have no gaps."""

    code = models.CharField(_("series"), max_length=20, unique=True)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("invoice series")
        verbose_name_plural = _("invoice series")

    def __str__(self) -> str:
        return self.code


class InvoiceLine(models.Model):
    """One line of an invoice; it points down to the billing event that it came from."""

    TENANT_PATH = "invoice__customer"

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    billing_event = models.OneToOneField(
        BillingEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice_line"
    )
    description = models.CharField(_("description"), max_length=300)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_amount = models.DecimalField(_("unit price in minor units"), max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField(_("amount"))

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.description


class PaymentMethodStored(Timestamped):
    """A means of payment as the gateway shows it; never a card number."""

    public_id = PublicIdField(prefix="pm")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="payment_methods")
    gateway = models.CharField(_("gateway"), max_length=20)
    gateway_token = models.CharField(_("gateway token"), max_length=120, unique=True)
    brand = models.CharField(_("brand"), max_length=24, blank=True)
    last_four = models.CharField(_("last four"), max_length=4, blank=True)
    expires_month = models.PositiveSmallIntegerField(_("expiry month"), null=True, blank=True)
    expires_year = models.PositiveSmallIntegerField(_("expiry year"), null=True, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored payment method")
        verbose_name_plural = _("stored payment methods")
        ordering = ("-is_default", "-id")

    def __str__(self) -> str:
        return f"{self.brand} ···· {self.last_four}"


class TransactionKind(models.TextChoices):
    CHARGE = "CHARGE", _("Charge")
    REFUND = "REFUND", _("Refund")
    CREDIT = "CREDIT", _("Credit")


class TransactionStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    SUCCEEDED = "SUCCEEDED", _("Succeeded")
    FAILED = "FAILED", _("Failed")


class PaymentTransaction(Timestamped):
    """Money that moved, or tried to."""

    public_id = PublicIdField(prefix="txn")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payment_transactions")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="transactions"
    )
    method = models.ForeignKey(
        PaymentMethodStored, on_delete=models.SET_NULL, null=True, blank=True, related_name="transactions"
    )
    kind = models.CharField(_("kind"), max_length=6, choices=TransactionKind.choices)
    status = models.CharField(
        _("status"), max_length=9, choices=TransactionStatus.choices, default=TransactionStatus.PENDING
    )
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    gateway = models.CharField(_("gateway"), max_length=20)
    gateway_reference = models.CharField(_("reference"), max_length=120, null=True, blank=True, unique=True)
    failure_code = models.CharField(_("failure"), max_length=80, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("customer", "-created_at"), name="payment_customer_time"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"


class WebhookLogStatus(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    PROCESSED = "PROCESSED", _("Processed")
    IGNORED = "IGNORED", _("Ignored")
    FAILED = "FAILED", _("Failed")


class PaymentWebhookLog(models.Model):
    """A gateway's verified event as it came; processed at least once, applied as if once."""

    gateway = models.CharField(_("gateway"), max_length=20)
    event_id = models.CharField(_("event"), max_length=120)
    type = models.CharField(_("type"), max_length=80)
    payload = models.JSONField(_("payload"), default=dict)
    status = models.CharField(
        _("status"), max_length=9, choices=WebhookLogStatus.choices, default=WebhookLogStatus.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment webhook")
        verbose_name_plural = _("payment webhooks")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("gateway", "event_id"), name="payment_event_once"),)
        indexes = (models.Index(fields=("status", "lease_until"), name="payment_event_due"),)

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"

"""The outside world's rows: keys for programs, AI providers, and events told to others.

Read by authentication, providers and webhooks; holds no domain noun.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped, User
from accounts.querysets import TenantQuerySet
from integrations.fields import EncryptedTextField


class APIKey(Timestamped):
    """A program's key; only its SHA-256 is kept."""

    public_id = PublicIdField(prefix="key")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=16)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    allowed_addresses = models.JSONField(_("allowed addresses"), default=list, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ProviderState(models.TextChoices):
    READY = "READY", _("Ready")
    FAILING = "FAILING", _("Failing")
    DISABLED = "DISABLED", _("Switched off")


class AIProviderConfig(Timestamped):
    """Where answers are generated: platform-wide when `customer` is empty. Prices are per million tokens."""

    public_id = PublicIdField(prefix="prov")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="ai_providers"
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=40)
    base_url = models.URLField(_("base address"), max_length=300, blank=True)
    api_key = EncryptedTextField(_("key"), blank=True)
    chat_model = models.CharField(_("chat model"), max_length=120, blank=True)
    embedding_model = models.CharField(_("embedding model"), max_length=120, blank=True)
    transcription_model = models.CharField(_("transcription model"), max_length=120, blank=True)
    input_price = models.DecimalField(_("price of tokens in"), max_digits=12, decimal_places=6, default=0)
    output_price = models.DecimalField(_("price of tokens out"), max_digits=12, decimal_places=6, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    priority = models.PositiveSmallIntegerField(_("order"), default=10)
    state = models.CharField(
        _("state"), max_length=10, choices=ProviderState.choices, default=ProviderState.READY
    )
    state_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("AI provider")
        verbose_name_plural = _("AI providers")
        ordering = ("priority", "id")
        indexes = (models.Index(fields=("customer", "priority"), name="provider_order"),)

    def __str__(self) -> str:
        return self.name


class WebhookStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Failed")


class WebhookEndpoint(Timestamped):
    """An address of a customer's that wants to be told."""

    public_id = PublicIdField(prefix="hook")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.URLField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=120, blank=True)
    event_types = models.JSONField(_("events"), default=list, blank=True)
    secret = EncryptedTextField(_("secret"))
    previous_secret = EncryptedTextField(_("previous secret"), blank=True)
    previous_secret_until = models.DateTimeField(_("previous secret until"), null=True, blank=True)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    disabled_until = models.DateTimeField(_("disabled until"), null=True, blank=True)
    disabled_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.url


class WebhookEvent(models.Model):
    """What happened, written with the change itself; `number` is the pull cursor, given after commit."""

    public_id = PublicIdField(prefix="evt")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="webhook_events")
    type = models.CharField(_("type"), max_length=64)
    payload = models.JSONField(_("payload"), default=dict)
    status = models.CharField(
        _("status"), max_length=8, choices=WebhookStatus.choices, default=WebhookStatus.PENDING
    )
    number = models.PositiveBigIntegerField(_("number"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("customer", "number"), name="event_number_once"),)
        indexes = (models.Index(fields=("status", "created_at"), name="webhook_event_due"),)

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"


class WebhookDelivery(Timestamped):
    """One event on its way to one endpoint."""

    TENANT_PATH = "event__customer"

    public_id = PublicIdField(prefix="dlv")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    status = models.CharField(
        _("status"), max_length=8, choices=WebhookStatus.choices, default=WebhookStatus.PENDING
    )
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = (
            models.UniqueConstraint(fields=("event", "endpoint"), name="one_delivery_an_endpoint"),
        )
        indexes = (models.Index(fields=("status", "next_attempt_at"), name="webhook_delivery_due"),)

    def __str__(self) -> str:
        return f"{self.event_id} → {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One try of a delivery and what came back, capped."""

    TENANT_PATH = "delivery__event__customer"

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    status_code = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    response_excerpt = models.CharField(_("response"), max_length=1000, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration"), default=0)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status_code or self.error}"

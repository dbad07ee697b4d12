"""Both WhatsApp routes: Cloud API accounts, QR sessions with their sealed credentials, and the raw inbound ledger.

Written by the webhook, the inbound processor and the session supervisor.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped
from accounts.querysets import TenantQuerySet
from integrations.fields import EncryptedTextField


class CloudAccountState(models.TextChoices):
    UNVERIFIED = "UNVERIFIED", _("Not yet verified")
    CONNECTED = "CONNECTED", _("Connected")
    DISCONNECTED = "DISCONNECTED", _("Disconnected")


class WhatsAppCloudAccount(Timestamped):
    """A phone number on Meta's Cloud API, answered by one bot."""

    public_id = PublicIdField(prefix="wac")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="whatsapp_cloud_accounts")
    chatbot = models.ForeignKey("chatbots.Chatbot", on_delete=models.CASCADE, related_name="+")
    phone_number_id = models.CharField(_("phone number id"), max_length=40, unique=True)
    business_account_id = models.CharField(_("WhatsApp business account id"), max_length=40)
    display_number = models.CharField(_("number"), max_length=24, blank=True)
    access_token = EncryptedTextField(_("access token"))
    app_secret = EncryptedTextField(_("app secret"))
    app_secret_fingerprint = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    verify_token = EncryptedTextField(_("verify token"))
    graph_version = models.CharField(_("Graph version"), max_length=8, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=CloudAccountState.choices, default=CloudAccountState.UNVERIFIED
    )
    state_reason = models.CharField(_("reason"), max_length=200, blank=True)
    last_inbound_at = models.DateTimeField(_("last message in"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("WhatsApp Cloud account")
        verbose_name_plural = _("WhatsApp Cloud accounts")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.display_number or self.phone_number_id


class QRSessionStatus(models.TextChoices):
    DISCONNECTED = "DISCONNECTED", _("Disconnected")
    CONNECTING = "CONNECTING", _("Connecting")
    QR_READY = "QR_READY", _("Waiting for the scan")
    CONNECTED = "CONNECTED", _("Connected")


class WhatsAppQRSession(Timestamped):
    """A phone linked by QR; one owner at a time, by lease and epoch."""

    public_id = PublicIdField(prefix="waq")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="whatsapp_qr_sessions")
    chatbot = models.ForeignKey("chatbots.Chatbot", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=QRSessionStatus.choices, default=QRSessionStatus.DISCONNECTED
    )
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    qr_code = EncryptedTextField(_("QR code"), blank=True)
    qr_expires_at = models.DateTimeField(_("QR code expires"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, null=True, blank=True)  # noqa: DJ001 (optional text that identifies)
    owner = models.CharField(_("owner"), max_length=80, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    last_traffic_at = models.DateTimeField(_("last traffic"), null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    consented_at = models.DateTimeField(_("risk accepted"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("WhatsApp QR session")
        verbose_name_plural = _("WhatsApp QR sessions")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.phone or self.name or self.public_id


class QRCredential(Timestamped):
    """One sealed row of a session's keys."""

    TENANT_PATH = "session__customer"

    session = models.ForeignKey(WhatsAppQRSession, on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=190)
    sealed = models.BinaryField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("QR credential")
        verbose_name_plural = _("QR credentials")
        constraints = (models.UniqueConstraint(fields=("session", "name"), name="one_credential_a_name"),)

    def __str__(self) -> str:
        return self.name


class InboundOutcome(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    STORED = "STORED", _("Stored")
    DUPLICATE = "DUPLICATE", _("Duplicate")
    REJECTED = "REJECTED", _("Rejected")
    IGNORED = "IGNORED", _("Ignored")
    FAILED = "FAILED", _("Failed")


class InboundDelivery(models.Model):
    """The raw ledger: one verified POST of Meta's, before anything is made of it."""

    public_id = PublicIdField(prefix="whk")
    body_hash = models.CharField(max_length=64, db_index=True)
    body = models.TextField(blank=True)
    secret_fingerprint = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=InboundOutcome.choices, default=InboundOutcome.RECEIVED
    )
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbound delivery")
        verbose_name_plural = _("inbound deliveries")
        ordering = ("-id",)
        indexes = (models.Index(fields=("outcome", "lease_until"), name="inbound_due"),)

    def __str__(self) -> str:
        return self.public_id


class InboundItem(models.Model):
    """One message, status or echo of a delivery and what became of it."""

    TENANT_PATH = "account__customer"

    delivery = models.ForeignKey(InboundDelivery, on_delete=models.CASCADE, related_name="items")
    account = models.ForeignKey(
        WhatsAppCloudAccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="inbound_items"
    )
    position = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=40)
    external_id = models.CharField(_("external id"), max_length=190, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=InboundOutcome.choices)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbound item")
        verbose_name_plural = _("inbound items")
        ordering = ("delivery_id", "position")
        constraints = (
            models.UniqueConstraint(fields=("delivery", "position"), name="inbound_position_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class MessageTemplate(Timestamped):
    """A template that Meta has approved, or not, for one account."""

    TENANT_PATH = "account__customer"

    public_id = PublicIdField(prefix="tpl")
    account = models.ForeignKey(WhatsAppCloudAccount, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(_("name"), max_length=190)
    language = models.CharField(_("language"), max_length=16)
    category = models.CharField(_("category"), max_length=24, blank=True)
    status = models.CharField(_("status"), max_length=24)
    components = models.JSONField(_("components"), default=list, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ("name", "language")
        constraints = (
            models.UniqueConstraint(fields=("account", "name", "language"), name="one_template_a_language"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

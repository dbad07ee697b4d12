"""What was said: contacts, conversations, messages, and the answers being made.

Written by inbox, turns and transports; every list reads a queryset method of conversations.querysets.
"""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import LowercaseEmailField, PublicIdField
from accounts.models import Customer, Timestamped, User
from accounts.querysets import TenantQuerySet
from conversations.querysets import ConversationQuerySet, MessageQuerySet


class Contact(Timestamped):
    """A person who writes to a customer's bots."""

    public_id = PublicIdField(prefix="con")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = LowercaseEmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, null=True, blank=True)  # noqa: DJ001 (optional text that identifies)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("-last_seen_at", "-id")
        indexes = (models.Index(fields=("customer", "-last_seen_at"), name="contact_customer_seen"),)

    def __str__(self) -> str:
        return self.name or self.email or self.public_id


class IdentityKind(models.TextChoices):
    VISITOR = "VISITOR", _("Visitor")
    SIGNED_USER = "SIGNED_USER", _("Signed user")
    WA_ID = "WA_ID", _("WhatsApp number")
    BUSINESS_USER_ID = "BUSINESS_USER_ID", _("WhatsApp business-scoped id")
    LID = "LID", _("WhatsApp hidden id")
    PHONE = "PHONE", _("Phone")
    EMAIL = "EMAIL", _("E-mail")


class ContactIdentity(Timestamped):
    """One name under which a contact is known; a visitor's secret is kept as a hash."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(_("kind"), max_length=18, choices=IdentityKind.choices)
    value = models.CharField(_("value"), max_length=190)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact identity")
        verbose_name_plural = _("contact identities")
        constraints = (models.UniqueConstraint(fields=("customer", "kind", "value"), name="identity_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Channel(models.TextChoices):
    WIDGET = "WIDGET", _("Website")
    WHATSAPP_CLOUD = "WHATSAPP_CLOUD", _("WhatsApp Cloud")
    WHATSAPP_QR = "WHATSAPP_QR", _("WhatsApp QR")


class ConversationStatus(models.TextChoices):
    ACTIVE = "ACTIVE", _("Active")
    CLOSED = "CLOSED", _("Closed")
    ARCHIVED = "ARCHIVED", _("Archived")


class Answering(models.TextChoices):
    BOT = "BOT", _("The bot")
    WAITING = "WAITING", _("Waits for a person")
    PERSON = "PERSON", _("A person")


class Conversation(Timestamped):
    """One contact's talk with one bot on one channel account; its counters number the messages."""

    public_id = PublicIdField(prefix="conv")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="conversations")
    chatbot = models.ForeignKey("chatbots.Chatbot", on_delete=models.CASCADE, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations")
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    channel_account = models.CharField(_("channel account"), max_length=64, default="widget")
    status = models.CharField(
        _("status"), max_length=10, choices=ConversationStatus.choices, default=ConversationStatus.ACTIVE
    )
    answering = models.CharField(
        _("who answers"), max_length=8, choices=Answering.choices, default=Answering.BOT
    )
    answering_until = models.DateTimeField(_("a person answers until"), null=True, blank=True)
    handover_reason = models.CharField(_("reason of the hand-over"), max_length=40, blank=True)
    handover_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    locale = models.CharField(_("language"), max_length=16, blank=True)
    page_url = models.CharField(_("page"), max_length=1000, blank=True)
    preview = models.CharField(_("last words"), max_length=160, blank=True)
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)
    last_inbound_at = models.DateTimeField(_("last message of the visitor"), null=True, blank=True)
    last_sequence = models.PositiveIntegerField(default=0, editable=False)
    last_revision = models.PositiveIntegerField(default=0, editable=False)
    answer_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Sequence of the first message that the bot reads; moved when a person hands back.
    segment_start = models.PositiveIntegerField(default=0, editable=False)
    unread_count = models.PositiveIntegerField(_("unread"), default=0)
    rating = models.SmallIntegerField(
        _("rating"), null=True, blank=True, validators=(MinValueValidator(-1), MaxValueValidator(1))
    )
    is_preview = models.BooleanField(_("playground"), default=False)
    # Unique while not ARCHIVED: a new message reopens CLOSED and begins anew after ARCHIVED.
    open_key = models.CharField(max_length=190, unique=True, null=True, editable=False)  # noqa: DJ001 (unique while open)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ("-last_message_at", "-id")
        indexes = (
            models.Index(
                fields=("customer", "is_preview", "status", "-last_message_at"), name="conversation_list"
            ),
            models.Index(fields=("answer_due_at",), name="conversation_due"),
        )

    def __str__(self) -> str:
        return self.public_id


class MessageRole(models.TextChoices):
    USER = "USER", _("Visitor")
    ASSISTANT = "ASSISTANT", _("Our side")
    SYSTEM = "SYSTEM", _("System")


class AuthorKind(models.TextChoices):
    VISITOR = "VISITOR", _("Visitor")
    BOT = "BOT", _("Bot")
    AGENT = "AGENT", _("Agent")
    PHONE = "PHONE", _("Person on the phone")
    SYSTEM = "SYSTEM", _("System")


class DeliveryStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    SENT = "SENT", _("Sent")
    DELIVERED = "DELIVERED", _("Delivered")
    READ = "READ", _("Read")
    FAILED = "FAILED", _("Failed")


# A status never goes backwards: each may follow the ones named here, and FAILED only what was never seen.
STATUS_FOLLOWS: dict[str, tuple[str, ...]] = {
    DeliveryStatus.SENT: (DeliveryStatus.PENDING,),
    DeliveryStatus.DELIVERED: (DeliveryStatus.PENDING, DeliveryStatus.SENT),
    DeliveryStatus.READ: (DeliveryStatus.PENDING, DeliveryStatus.SENT, DeliveryStatus.DELIVERED),
    DeliveryStatus.FAILED: (DeliveryStatus.PENDING, DeliveryStatus.SENT),
}


class MessageState(models.TextChoices):
    RUNNING = "RUNNING", _("Being written")
    COMPLETE = "COMPLETE", _("Complete")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")


class RefusalCause(models.TextChoices):
    NOTHING_FOUND = "NOTHING_FOUND", _("Nothing found")
    LOW_SUPPORT = "LOW_SUPPORT", _("Low support")
    OUT_OF_SCOPE = "OUT_OF_SCOPE", _("Out of scope")
    QUOTA = "QUOTA", _("Limit reached")
    PROVIDER = "PROVIDER", _("Provider failed")


class Message(Timestamped):
    """One thing said. `sequence` orders; `revision` moves with every later change of the row."""

    TENANT_PATH = "conversation__customer"

    public_id = PublicIdField(prefix="msg")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(_("role"), max_length=10, choices=MessageRole.choices)
    author_kind = models.CharField(_("author"), max_length=8, choices=AuthorKind.choices)
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    content = models.TextField(_("text"), blank=True)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=MessageState.choices, default=MessageState.COMPLETE
    )
    # [{number, chunk, item, title, url, place, start, end, quote}]: what the answer names …
    citations = models.JSONField(_("citations"), default=list, blank=True)
    # … and [{chunk, item, title, score, place, quote}]: all that was read for it.
    retrieved = models.JSONField(_("passages read"), default=list, blank=True)
    refusal_cause = models.CharField(
        _("refusal"), max_length=16, choices=RefusalCause.choices, blank=True, default=""
    )
    delivery_status = models.CharField(
        _("delivery"), max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    delivery_error = models.CharField(_("delivery error"), max_length=200, blank=True)
    sequence = models.PositiveIntegerField(_("sequence"))
    revision = models.PositiveIntegerField(_("revision"))
    channel_account = models.CharField(max_length=64, default="widget", editable=False)
    external_id = models.CharField(_("external id"), max_length=190, null=True, blank=True)  # noqa: DJ001 (unique, optional)
    client_id = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 (unique, optional)
    feedback = models.SmallIntegerField(_("feedback"), default=0)
    version = models.ForeignKey(
        "chatbots.ChatbotVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    input_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_micros = models.BigIntegerField(_("cost"), default=0)
    cost_currency = models.CharField(_("currency"), max_length=3, blank=True)
    first_token_ms = models.PositiveIntegerField(_("time to first token"), null=True, blank=True)
    total_ms = models.PositiveIntegerField(_("time"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("conversation_id", "sequence")
        constraints = (
            models.UniqueConstraint(fields=("conversation", "sequence"), name="message_sequence_once"),
            models.UniqueConstraint(fields=("conversation", "client_id"), name="message_client_id_once"),
            models.UniqueConstraint(
                fields=("channel_account", "external_id"), name="message_external_id_once"
            ),
        )
        indexes = (models.Index(fields=("conversation", "revision"), name="message_revision"),)

    def __str__(self) -> str:
        return self.public_id

    def advance_status(self, status: DeliveryStatus, at: datetime, error: str = "") -> bool:
        """Move the delivery forward in one conditional UPDATE; False when that would go backwards."""
        times = {f"{status.lower()}_at": at}
        if status == DeliveryStatus.READ:
            times["delivered_at"] = self.delivered_at or at
        moved = Message.objects.filter(pk=self.pk, delivery_status__in=STATUS_FOLLOWS[status]).update(
            delivery_status=status, delivery_error=error[:200], updated_at=at, **times
        )
        if moved:
            self.delivery_status = status
        return bool(moved)


class TurnState(models.TextChoices):
    OPEN = "OPEN", _("Running")
    DONE = "DONE", _("Done")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")


class Turn(models.Model):
    """One answer being made. Every write of a turn carries `WHERE epoch = …`: a paused process may wake up."""

    TENANT_PATH = "conversation__customer"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    question = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="turn")
    state = models.CharField(_("state"), max_length=8, choices=TurnState.choices, default=TurnState.OPEN)
    owner = models.CharField(_("owner"), max_length=80, blank=True)
    epoch = models.PositiveIntegerField(default=1)
    lease_until = models.DateTimeField(_("lease until"))
    reservation = models.ForeignKey(
        "usage.Reservation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    error = models.CharField(_("error"), max_length=200, blank=True)
    stop_requested_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The conversation's id while the turn is open: one running turn a conversation.
    active_key = models.CharField(max_length=40, unique=True, null=True, editable=False)  # noqa: DJ001 (unique while open)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "lease_until"), name="turn_lease"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.state}"

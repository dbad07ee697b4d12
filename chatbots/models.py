"""A bot: its draft, its published versions and its widget.

The draft fields live on Chatbot; publishing copies them into an immutable ChatbotVersion.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped, User
from accounts.querysets import TenantQuerySet
from integrations.fields import EncryptedTextField


class ChatbotStatus(models.TextChoices):
    ACTIVE = "ACTIVE", _("Active")
    PAUSED = "PAUSED", _("Paused")


class AnswerMode(models.TextChoices):
    GROUNDED = "GROUNDED", _("Only from knowledge")
    GENERAL = "GENERAL", _("From knowledge first, then in general")


class Tone(models.TextChoices):
    NEUTRAL = "NEUTRAL", _("Neutral")
    FRIENDLY = "FRIENDLY", _("Friendly")
    FORMAL = "FORMAL", _("Formal")


class AnsweringFields(models.Model):
    """Everything that decides how a bot answers."""

    instructions = models.TextField(_("instructions"), max_length=4000, blank=True)
    language = models.CharField(_("answers in"), max_length=16, blank=True)  # "" = the visitor's language
    tone = models.CharField(_("tone"), max_length=12, choices=Tone.choices, default=Tone.NEUTRAL)
    model_choice = models.CharField(_("model"), max_length=120, blank=True)  # "" = the provider's own
    temperature = models.DecimalField(
        _("temperature"),
        max_digits=3,
        decimal_places=2,
        default=0.2,
        validators=(MinValueValidator(0), MaxValueValidator(2)),
    )
    answer_mode = models.CharField(
        _("answer mode"), max_length=10, choices=AnswerMode.choices, default=AnswerMode.GROUNDED
    )
    refusal_text = models.CharField(_("text when nothing is found"), max_length=500, blank=True)
    handover_rules = models.JSONField(_("hand-over rules"), default=dict, blank=True)
    business_hours = models.JSONField(_("business hours"), default=dict, blank=True)

    ANSWERING_FIELDS: ClassVar[tuple[str, ...]] = (
        "instructions",
        "language",
        "tone",
        "model_choice",
        "temperature",
        "answer_mode",
        "refusal_text",
        "handover_rules",
        "business_hours",
    )

    class Meta:
        abstract = True


class Chatbot(AnsweringFields, Timestamped):
    """A customer's bot and the draft of what it answers with."""

    public_id = PublicIdField(prefix="bot")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="chatbots")
    name = models.CharField(_("name"), max_length=60)
    status = models.CharField(
        _("status"), max_length=8, choices=ChatbotStatus.choices, default=ChatbotStatus.ACTIVE
    )
    allowed_domains = models.JSONField(_("allowed domains"), default=list, blank=True)
    visitor_daily_limit = models.PositiveIntegerField(_("messages a visitor a day"), default=200)
    daily_limit = models.PositiveIntegerField(_("messages a day"), null=True, blank=True)
    live_version = models.ForeignKey(
        "ChatbotVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    first_seen_at = models.DateTimeField(_("first seen on a page"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen on a page"), null=True, blank=True)
    last_seen_origin = models.CharField(_("seen on"), max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("chatbot")
        verbose_name_plural = _("chatbots")
        ordering = ("name", "id")
        indexes = (models.Index(fields=("customer", "name"), name="chatbot_customer_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == ChatbotStatus.ACTIVE


class ChatbotVersion(AnsweringFields):
    """An immutable snapshot of the answering fields, made by Publish."""

    TENANT_PATH = "chatbot__customer"

    public_id = PublicIdField(prefix="ver")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("note"), max_length=200, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("published"), auto_now_add=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("chatbot version")
        verbose_name_plural = _("chatbot versions")
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("chatbot", "number"), name="version_number_once"),)

    def __str__(self) -> str:
        return f"{self.name} · {self.number}"


class WidgetPosition(models.TextChoices):
    END = "end", _("Right (end)")
    START = "start", _("Left (start)")


class WidgetTheme(models.TextChoices):
    AUTO = "auto", _("As the visitor's system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class WidgetSettings(Timestamped):
    """How one bot's widget looks and what it says before the first question; always live."""

    TENANT_PATH = "chatbot__customer"

    chatbot = models.OneToOneField(Chatbot, on_delete=models.CASCADE, related_name="widget_settings")
    color = models.CharField(_("accent colour"), max_length=7, default="#0f6b5c")
    position = models.CharField(
        _("position"), max_length=5, choices=WidgetPosition.choices, default=WidgetPosition.END
    )
    theme = models.CharField(_("theme"), max_length=5, choices=WidgetTheme.choices, default=WidgetTheme.AUTO)
    title = models.CharField(_("title"), max_length=60, blank=True)  # "" = the bot's name
    avatar = models.FileField(_("avatar"), upload_to="avatars/", max_length=200, blank=True)
    greeting = models.CharField(_("greeting"), max_length=300, blank=True)
    teaser = models.CharField(_("teaser"), max_length=120, blank=True)
    suggested_questions = models.JSONField(_("suggested questions"), default=list, blank=True)
    locale_texts = models.JSONField(_("texts per language"), default=dict, blank=True)
    show_sources = models.BooleanField(_("show sources"), default=True)
    person_offered = models.BooleanField(_("offer a person"), default=True)
    lead_form = models.JSONField(_("lead form"), default=dict, blank=True)
    identity_secret = EncryptedTextField(_("identity secret"), blank=True)
    previous_identity_secret = EncryptedTextField(_("previous identity secret"), blank=True)
    identity_enforced = models.BooleanField(_("identity enforced"), default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("widget settings")
        verbose_name_plural = _("widget settings")

    def __str__(self) -> str:
        return self.title or str(self.chatbot)

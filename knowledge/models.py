"""What a bot knows: bases, items, their passages and vectors.

Items are written by knowledge.ingestion, passages by knowledge.index; retrieval reads them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped
from accounts.querysets import TenantQuerySet
from knowledge.querysets import ItemQuerySet


class KnowledgeBase(Timestamped):
    """A body of knowledge and the bots that it serves; `index_version` moves with every change of passages."""

    public_id = PublicIdField(prefix="kb")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="knowledge_bases")
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=16, default="en")
    chatbots = models.ManyToManyField("chatbots.Chatbot", related_name="knowledge_bases", blank=True)
    index_version = models.PositiveBigIntegerField(_("index version"), default=0, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge base")
        verbose_name_plural = _("knowledge bases")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class ItemKind(models.TextChoices):
    TEXT = "TEXT", _("Text")
    QUESTION_ANSWER = "QUESTION_ANSWER", _("Question and answer")
    FILE = "FILE", _("File")
    WEB_PAGE = "WEB_PAGE", _("Web page")
    SITEMAP = "SITEMAP", _("Sitemap")


class ItemState(models.TextChoices):
    QUEUED = "QUEUED", _("Queued")
    EXTRACTING = "EXTRACTING", _("Reading")
    INDEXING = "INDEXING", _("Indexing")
    READY = "READY", _("Ready")
    FAILED = "FAILED", _("Failed")


class RefreshSchedule(models.TextChoices):
    NEVER = "NEVER", _("Never")
    DAILY = "DAILY", _("Every day")
    WEEKLY = "WEEKLY", _("Every week")


class KnowledgeItem(Timestamped):
    """One source; `content` is its normalised text, into which passages hold offsets."""

    TENANT_PATH = "knowledge_base__customer"

    public_id = PublicIdField(prefix="item")
    knowledge_base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="items")
    title = models.CharField(_("title"), max_length=300)
    content = models.TextField(_("content"), blank=True)
    questions = models.JSONField(_("phrasings of the question"), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=ItemKind.choices)
    file = models.FileField(_("file"), max_length=300, blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    byte_size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    source_url = models.URLField(_("address"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ItemState.choices, default=ItemState.QUEUED)
    failure_code = models.CharField(_("failure"), max_length=40, blank=True)
    failure_reason = models.CharField(_("reason"), max_length=300, blank=True)
    failure_remedy = models.CharField(_("remedy"), max_length=300, blank=True)
    progress_done = models.PositiveIntegerField(_("done"), default=0)
    progress_total = models.PositiveIntegerField(_("of"), default=0)
    page_count = models.PositiveIntegerField(_("pages"), default=0)
    passage_count = models.PositiveIntegerField(_("passages"), default=0)
    # Places of the pages of a paged document: a list of offsets into `content`, one a page.
    page_offsets = models.JSONField(default=list, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=16, blank=True)
    refresh_schedule = models.CharField(
        _("refresh"),
        max_length=8,
        choices=RefreshSchedule.choices,
        default=RefreshSchedule.NEVER,
    )
    external_id = models.CharField(_("external id"), max_length=120, null=True, blank=True)  # noqa: DJ001 (unique, optional)
    live_since = models.DateTimeField(_("live since"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    # Each piece of work carries the number it was started under; an older worker that wakes up writes nothing.
    work_number = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge item")
        verbose_name_plural = _("knowledge items")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("knowledge_base", "external_id"), name="item_external_id_once"),
        )
        indexes = (
            models.Index(
                fields=("knowledge_base", "deleted_at", "-created_at"),
                name="item_base_list",
            ),
            models.Index(fields=("state", "lease_until"), name="item_work_due"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def web_address(self) -> str:
        """The source's address where it is one of the web; "" for schemes that a link must not carry."""
        return self.source_url if self.source_url.startswith(("https://", "http://")) else ""


class KnowledgeChunk(models.Model):
    """A passage of an item: `start` and `end` are character offsets into its content."""

    TENANT_PATH = "knowledge_base__customer"

    public_id = PublicIdField(prefix="psg")
    knowledge_base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="chunks")
    item = models.ForeignKey(KnowledgeItem, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField(_("position"))
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    heading_path = models.CharField(_("heading"), max_length=500, blank=True)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=16, blank=True)
    text_hash = models.CharField(max_length=64, editable=False)
    search_text = models.TextField(editable=False)
    token_count = models.PositiveIntegerField(default=0, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ("item_id", "position")
        constraints = (models.UniqueConstraint(fields=("item", "position"), name="passage_position_once"),)

    def __str__(self) -> str:
        return f"{self.item_id} #{self.position}"


class VectorKind(models.TextChoices):
    PASSAGE = "PASSAGE", _("Passage")
    QUESTION = "QUESTION", _("Question")


class ChunkVector(models.Model):
    """An embedding of a passage, or of a question that it answers: `dimension` half-precision floats."""

    TENANT_PATH = "chunk__knowledge_base__customer"

    chunk = models.ForeignKey(KnowledgeChunk, on_delete=models.CASCADE, related_name="vectors")
    kind = models.CharField(max_length=8, choices=VectorKind.choices, default=VectorKind.PASSAGE)
    model = models.CharField(max_length=120)
    dimension = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    values = models.BinaryField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("vector")
        verbose_name_plural = _("vectors")
        constraints = (
            models.UniqueConstraint(fields=("chunk", "model", "kind", "position"), name="one_vector_a_text"),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.kind}"

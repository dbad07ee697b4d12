"""Knowledge as operators see it: items and bases editable by name only, passages and vectors to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from knowledge import ingestion
from knowledge.models import ChunkVector, KnowledgeBase, KnowledgeChunk, KnowledgeItem


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(admin.ModelAdmin):
    list_display = ("name", "customer", "language", "index_version", "created_at")
    list_filter = ("language",)
    list_select_related = ("customer",)
    search_fields = ("name", "public_id", "customer__name")
    raw_id_fields = ("customer", "chatbots")
    readonly_fields = ("public_id", "index_version", "created_at", "updated_at")


@admin.register(KnowledgeItem)
class KnowledgeItemAdmin(admin.ModelAdmin):
    list_display = ("title", "customer", "kind", "state", "language", "passage_count", "updated_at")
    list_filter = ("state", "kind", "language", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("knowledge_base__customer",)
    search_fields = ("title", "public_id", "knowledge_base__customer__name")
    fields = (
        *("public_id", "knowledge_base", "kind", "title", "language", "source_url", "file_name", "byte_size"),
        *("state", "failure_code", "failure_reason", "failure_remedy", "progress_done", "progress_total"),
        *("page_count", "passage_count", "content", "questions", "content_hash", "live_since", "deleted_at"),
        *("work_number", "lease_until", "created_at", "updated_at"),
    )
    actions = ("read_again",)

    @admin.display(description=_("customer"), ordering="knowledge_base__customer__name")
    def customer(self, item: KnowledgeItem) -> str:
        return item.knowledge_base.customer.name

    @admin.action(description=_("Read again"), permissions=("change",))
    def read_again(self, request: HttpRequest, items: QuerySet[KnowledgeItem]) -> None:
        count = sum(ingestion.read_again(item) for item in items)
        self.message_user(request, _("%(count)d items are being read again.") % {"count": count})

    def get_queryset(self, request: HttpRequest) -> QuerySet[KnowledgeItem]:
        return super().get_queryset(request).defer("page_offsets")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[KnowledgeItem], search_term: str
    ) -> tuple[QuerySet[KnowledgeItem], bool]:
        """Ids and customers by their columns, titles and contents by the full-text search."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term:
            found = found | queryset.filter(pk__in=KnowledgeItem.objects.matching(search_term).values("pk"))
        return found, may_repeat

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Every change must reach the index, so it is made through the dashboard or the API.
        return self.fields

    def delete_model(self, request: HttpRequest, obj: KnowledgeItem) -> None:
        ingestion.delete_item(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[KnowledgeItem]) -> None:
        for item in queryset:
            ingestion.delete_item(item)


@admin.register(KnowledgeChunk)
class KnowledgeChunkAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "item", "position", "heading_path", "language", "token_count")
    list_filter = ("language",)
    list_select_related = ("item",)
    search_fields = ("public_id", "item__public_id")
    show_full_result_count = False


@admin.register(ChunkVector)
class ChunkVectorAdmin(ReadOnlyAdmin):
    list_display = ("chunk", "kind", "model", "dimension", "position")
    list_filter = ("kind", "model")
    list_select_related = ("chunk",)
    exclude = ("values",)
    show_full_result_count = False

"""Writes every search row anew, after a table was rebuilt or the analyser changed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from knowledge import index
from knowledge.models import KnowledgeBase, KnowledgeChunk, KnowledgeItem


class Command(BaseCommand):
    help = "Rebuild the full-text search of passages and items from their rows."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            index.clear_search_rows()
            chunks = KnowledgeChunk.objects.select_related("item").order_by("pk")
            passages = index.rewrite(chunks.iterator(chunk_size=index.BATCH_SIZE))
            for item in KnowledgeItem.objects.live().order_by("pk").iterator(chunk_size=100):
                index.write_item(item)
            for base_id in KnowledgeBase.objects.values_list("pk", flat=True):
                index.bump(base_id)
        self.stdout.write(self.style.SUCCESS(f"{passages} passages are searchable again."))

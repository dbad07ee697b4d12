import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from billing import entitlements
from billing.exceptions import QuotaExceeded
from chatbots.models import Chatbot
from knowledge import files, ingestion, reading
from knowledge.exceptions import EditError, ExtractionError
from knowledge.models import ItemState, KnowledgeBase, KnowledgeChunk, KnowledgeItem
from tests.knowledge.documents import docx_of, pdf_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    options = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": options}  # type: ignore[attr-defined]


def add_file(base: KnowledgeBase, name: str, data: bytes) -> KnowledgeItem:
    return ingestion.add_file(base, name=name, upload=io.BytesIO(data))


def test_a_bot_gets_one_base(chatbot: Chatbot) -> None:
    base = ingestion.base_for(chatbot)
    assert ingestion.base_for(chatbot) == base
    assert base.customer == chatbot.customer


def test_added_text_waits_in_the_queue_until_it_is_read(base: KnowledgeBase) -> None:
    item = ingestion.add_text(base, title="Hours", content="We open at nine.\r\n\r\n\r\n\r\nWe close at six.")
    assert item.state == ItemState.QUEUED
    item = ingestion.ingest_now(item)
    assert (item.state, item.language, item.passage_count) == (ItemState.READY, "en", 1)
    assert item.content == "We open at nine.\n\nWe close at six."
    assert item.live_since is not None


def test_a_text_without_words_is_refused(base: KnowledgeBase) -> None:
    with pytest.raises(ExtractionError) as refusal:
        ingestion.add_text(base, title="Nothing", content=" \n ... ")
    assert refusal.value.code == "empty"
    assert not KnowledgeItem.objects.exists()


def test_a_file_is_read_with_its_pages(base: KnowledgeBase) -> None:
    item = ingestion.ingest_now(
        add_file(base, "manual_2026.pdf", pdf_of([["Brakes are checked."], ["Chains are oiled."]]))
    )
    assert (item.state, item.title, item.page_count) == (ItemState.READY, "manual 2026", 2)
    assert item.content == "Brakes are checked.\n\nChains are oiled."
    assert item.page_offsets == [0, 21]
    assert (item.progress_done, item.progress_total) == (2, 2)


def test_a_file_lies_under_a_random_name_in_its_tenants_folder(base: KnowledgeBase) -> None:
    item = add_file(base, "../../secret name.txt", b"Some words.")
    name = str(item.file.name)
    assert name.startswith(f"{base.customer.public_id}/knowledge/")
    assert "secret" not in name
    assert item.file_name == "secret name.txt"


def test_a_failure_tells_why_and_what_to_do(base: KnowledgeBase) -> None:
    item = ingestion.ingest_now(add_file(base, "broken.docx", docx_of("Hello.")[:300]))
    assert (item.state, item.failure_code) == (ItemState.FAILED, "damaged")
    assert item.failure_reason
    assert item.failure_remedy
    assert ingestion.retry(item)
    item.refresh_from_db()
    assert (item.state, item.failure_code) == (ItemState.QUEUED, "")


def test_only_failed_items_are_retried(base: KnowledgeBase, billing_page: KnowledgeItem) -> None:
    assert not ingestion.retry(billing_page)


def test_two_workers_do_the_work_once(base: KnowledgeBase) -> None:
    item = ingestion.add_text(base, title="Hours", content="We open at nine.")
    assert reading.claim(item.pk) is not None
    assert reading.claim(item.pk) is None
    assert not reading.read_now(item.pk)


def test_a_worker_that_wakes_up_late_writes_nothing(base: KnowledgeBase) -> None:
    item = ingestion.add_text(base, title="Hours", content="We open at nine.")
    late = reading.claim(item.pk)
    assert late is not None
    KnowledgeItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert reading.read_now(item.pk)
    assert not reading.mark_ready(late, [])
    assert KnowledgeChunk.objects.filter(item=item).count() == 1


def test_the_sweep_finds_work_that_was_lost(base: KnowledgeBase) -> None:
    item = ingestion.add_text(base, title="Hours", content="We open at nine.")
    assert reading.wake_forgotten() == []
    KnowledgeItem.objects.filter(pk=item.pk).update(updated_at=timezone.now() - timedelta(minutes=1))
    assert reading.wake_forgotten() == [item.pk]
    ingestion.ingest_now(item)
    assert reading.wake_forgotten() == []


def test_an_edit_replaces_the_passages(billing_page: KnowledgeItem) -> None:
    item = ingestion.edit_item(billing_page, title="Money", content="# One\n\nA\n\n# Two\n\nB")
    assert (item.title, item.state) == ("Money", ItemState.READY)
    assert list(item.chunks.values_list("heading_path", "text")) == [("One", "A"), ("Two", "B")]


def test_the_text_of_a_file_cannot_be_edited(base: KnowledgeBase) -> None:
    item = ingestion.ingest_now(add_file(base, "a.txt", b"Some words."))
    with pytest.raises(EditError):
        ingestion.edit_item(item, content="Other words.")
    assert ingestion.edit_item(item, title="New name").chunks.get().text == "Some words."


def test_a_question_needs_words(base: KnowledgeBase) -> None:
    with pytest.raises(EditError):
        ingestion.add_question_answer(base, questions=["  "], answer="Yes.")


def test_deleting_twice_is_the_same_as_once(billing_page: KnowledgeItem) -> None:
    ingestion.delete_item(billing_page)
    billing_page.refresh_from_db()
    first = billing_page.deleted_at
    ingestion.delete_item(billing_page)
    billing_page.refresh_from_db()
    assert billing_page.deleted_at == first
    assert not billing_page.chunks.exists()


def test_old_deletions_are_purged_with_their_files(
    base: KnowledgeBase, django_capture_on_commit_callbacks: object
) -> None:
    item = add_file(base, "a.txt", b"Some words.")
    name = item.file.name
    ingestion.delete_item(item)
    assert reading.purge_deleted(timedelta(days=30)) == 0
    KnowledgeItem.objects.filter(pk=item.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert reading.purge_deleted(timedelta(days=30)) == 1
    assert not default_storage.exists(str(name))


def test_the_plan_limits_items(base: KnowledgeBase) -> None:
    ingestion.add_text(base, title="One", content="One.")
    entitlements.set_override(base.customer, "knowledge_items", 1)
    with pytest.raises(QuotaExceeded):
        ingestion.add_text(base, title="Two", content="Two.")
    assert KnowledgeItem.objects.count() == 1


def test_the_plan_limits_bytes(base: KnowledgeBase) -> None:
    entitlements.set_override(base.customer, "knowledge_bytes", 10)
    with pytest.raises(QuotaExceeded):
        add_file(base, "a.txt", b"More than ten bytes.")
    assert not KnowledgeItem.objects.exists()


def test_signed_addresses_name_one_item_and_refuse_forgery(base: KnowledgeBase) -> None:
    item = add_file(base, "a.txt", b"Some words.")
    token = files.signed_path(item).rstrip("/").rsplit("/", 1)[-1]
    assert files.public_id_of(token) == item.public_id
    assert files.public_id_of(token + "x") is None

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Customer, MemberRole
from billing import entitlements
from chatbots.models import Chatbot
from knowledge import files, ingestion, listing
from knowledge.models import ItemKind, ItemState, KnowledgeBase, KnowledgeItem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    options = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": options}  # type: ignore[attr-defined]


@pytest.fixture
def stored_file(base: KnowledgeBase) -> KnowledgeItem:
    page = b"<html><script>alert(1)</script><p>Some words.</p></html>"
    return ingestion.add_file(base, name="page.html", upload=io.BytesIO(page))


def address(name: str, item: KnowledgeItem) -> str:
    return reverse(f"knowledge:{name}", args=(item.public_id,))


def test_without_a_bot_the_next_step_is_to_make_one(member_client: Client) -> None:
    page = member_client.get(reverse("knowledge:list")).content.decode()
    assert reverse("chatbots:list") in page
    assert 'id="add"' not in page


def test_lists_items_with_their_states(member_client: Client, billing_page: KnowledgeItem) -> None:
    waiting = ingestion.add_text(billing_page.knowledge_base, title="Waiting <b>text</b>", content="Words.")
    page = member_client.get(reverse("knowledge:list")).content.decode()
    assert billing_page.title in page
    assert "Waiting &lt;b&gt;text&lt;/b&gt;" in page
    assert address("row", waiting) in page
    assert address("row", billing_page) not in page


def test_filters_by_state_kind_and_words(
    member_client: Client, billing_page: KnowledgeItem, base: KnowledgeBase
) -> None:
    ingestion.add_question_answer(base, questions=["Parking?"], answer="Yes.")

    def titles(**query: str) -> list[str]:
        page = member_client.get(reverse("knowledge:list"), query).context["page"]
        return [row.item.title for row in page.rows]

    assert titles() == ["Parking?", "Billing"]
    assert titles(state="ready") == ["Billing"]
    assert titles(kind=ItemKind.QUESTION_ANSWER) == ["Parking?"]
    assert titles(q="parking") == ["Parking?"]
    assert titles(state="nonsense", kind="nonsense") == ["Parking?", "Billing"]


def test_pages_forward_and_back(
    member_client: Client, base: KnowledgeBase, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    for number in range(5):
        ingestion.add_text(base, title=f"Text {number}", content="Words.")
    first = listing.page_of(customer, listing.Filters())
    second = listing.page_of(customer, listing.Filters(), before=first.older)
    third = listing.page_of(customer, listing.Filters(), before=second.older)
    back = listing.page_of(customer, listing.Filters(), after=third.newer)
    titles = [[row.item.title[-1] for row in page.rows] for page in (first, second, third, back)]
    assert titles == [["4", "3"], ["2", "1"], ["0"], ["2", "1"]]
    assert (first.newer, third.older) == ("", "")


def test_adds_a_text(member_client: Client, chatbot: Chatbot) -> None:
    data = {"bot": chatbot.public_id, "title": "Hours", "content": "We open at nine."}
    response = member_client.post(reverse("knowledge:add", args=("text",)), data)
    assert response.status_code == 302
    item = KnowledgeItem.objects.get()
    assert (item.title, item.content, item.state) == ("Hours", "We open at nine.", ItemState.QUEUED)


def test_adds_a_question_with_its_phrasings(member_client: Client, chatbot: Chatbot) -> None:
    data = {"bot": chatbot.public_id, "questions": "Open when?\nHours?\n\n", "answer": "At nine."}
    member_client.post(reverse("knowledge:add", args=("answer",)), data)
    assert KnowledgeItem.objects.get().questions == ["Open when?", "Hours?"]


def test_adds_a_web_page(member_client: Client, chatbot: Chatbot) -> None:
    data = {"bot": chatbot.public_id, "url": "shop.example/hours"}
    member_client.post(reverse("knowledge:add", args=("page",)), data)
    assert KnowledgeItem.objects.get().source_url == "https://shop.example/hours"


def test_one_bad_file_does_not_stop_the_others(member_client: Client, chatbot: Chatbot) -> None:
    uploads = [SimpleUploadedFile("a.txt", b"Words."), SimpleUploadedFile("b.txt", b"More words.")]
    data = {"bot": chatbot.public_id, "uploads": uploads}
    response = member_client.post(reverse("knowledge:add", args=("files",)), data, follow=True)
    assert sorted(KnowledgeItem.objects.values_list("file_name", flat=True)) == ["a.txt", "b.txt"]
    assert "2 items added" in response.content.decode()


def test_files_too_large_are_refused(
    member_client: Client, chatbot: Chatbot, settings: pytest.FixtureRequest
) -> None:
    settings.KNOWLEDGE_FILE_MAX_BYTES = 10  # type: ignore[attr-defined]
    data = {"bot": chatbot.public_id, "uploads": [SimpleUploadedFile("a.txt", b"More than ten bytes")]}
    response = member_client.post(reverse("knowledge:add", args=("files",)), data)
    assert "a.txt is larger" in response.content.decode()
    assert not KnowledgeItem.objects.exists()


def test_a_spent_limit_is_told_in_the_form(
    member_client: Client, chatbot: Chatbot, customer: Customer
) -> None:
    entitlements.set_override(customer, "knowledge_items", 0)
    data = {"bot": chatbot.public_id, "title": "Hours", "content": "We open at nine."}
    response = member_client.post(reverse("knowledge:add", args=("text",)), data)
    assert "Your plan holds 0 knowledge items." in response.content.decode()
    assert not KnowledgeItem.objects.exists()


def test_another_tenants_bot_cannot_be_chosen(
    member_client: Client, chatbot: Chatbot, other_customer: Customer
) -> None:
    foreign = factories.make_chatbot(other_customer)
    data = {"bot": foreign.public_id, "title": "Hours", "content": "We open at nine."}
    assert member_client.post(reverse("knowledge:add", args=("text",)), data).status_code == 200
    assert not KnowledgeItem.objects.exists()


def test_shows_what_the_bot_read(member_client: Client, billing_page: KnowledgeItem) -> None:
    page = member_client.get(address("detail", billing_page)).content.decode()
    assert "We pay back unused months" in page
    assert "Billing › Refunds" in page


def test_edits_a_text(member_client: Client, billing_page: KnowledgeItem) -> None:
    data = {"title": "Money", "content": "# New\n\nWords."}
    assert member_client.post(address("edit", billing_page), data).status_code == 302
    billing_page.refresh_from_db()
    assert (billing_page.title, billing_page.chunks.get().text) == ("Money", "Words.")


def test_an_edit_without_words_is_refused(member_client: Client, billing_page: KnowledgeItem) -> None:
    response = member_client.post(address("edit", billing_page), {"title": "Money", "content": "..."})
    assert "There is no text in it." in response.content.decode()
    billing_page.refresh_from_db()
    assert billing_page.title == "Billing"


def test_deletes_and_undoes(member_client: Client, billing_page: KnowledgeItem) -> None:
    response = member_client.post(address("delete", billing_page), follow=True)
    assert address("restore", billing_page) in response.content.decode()
    assert member_client.get(address("detail", billing_page)).status_code == 404
    member_client.post(address("restore", billing_page))
    assert ingestion.ingest_now(billing_page).state == ItemState.READY


def test_a_failure_is_explained_and_retried(member_client: Client, base: KnowledgeBase) -> None:
    item = ingestion.ingest_now(ingestion.add_file(base, name="x.doc", upload=io.BytesIO(b"\x00\x01\x02")))
    page = member_client.get(address("detail", item)).content.decode()
    assert "This kind of file cannot be read." in page
    assert "Use PDF, DOCX" in page
    member_client.post(address("retry", item))
    item.refresh_from_db()
    assert item.state == ItemState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_tries_a_question(member_client: Client, billing_page: KnowledgeItem) -> None:
    page = member_client.get(reverse("knowledge:try"), {"q": "How do I get a refund?"}).content.decode()
    assert "Enough to answer from" in page
    assert address("detail", billing_page) in page
    page = member_client.get(reverse("knowledge:try"), {"q": "zebra"}).content.decode()
    assert "Nothing was found" in page


def test_files_leave_as_downloads_only(
    member_client: Client, stored_file: KnowledgeItem, client: Client
) -> None:
    for response in (
        member_client.get(address("file", stored_file)),
        client.get(files.signed_path(stored_file)),
    ):
        assert response.status_code == 200
        assert response["Content-Disposition"] == 'attachment; filename="page.html"'
        assert response["Content-Type"] == "application/octet-stream"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox")
        assert b"".join(response.streaming_content).startswith(b"<html>")  # type: ignore[attr-defined]


def test_forged_and_old_addresses_find_nothing(
    client: Client, stored_file: KnowledgeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(reverse("knowledge:signed_file", args=("forged",))).status_code == 404
    path = files.signed_path(stored_file)
    monkeypatch.setattr(files, "SIGNED_SECONDS", -1)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["detail", "row", "edit", "file"])
def test_a_stranger_finds_nothing(stranger_client: Client, stored_file: KnowledgeItem, name: str) -> None:
    assert stranger_client.get(address(name, stored_file)).status_code == 404


@pytest.mark.parametrize("name", ["edit", "delete", "restore", "retry"])
def test_a_stranger_changes_nothing(stranger_client: Client, stored_file: KnowledgeItem, name: str) -> None:
    assert stranger_client.post(address(name, stored_file), {"title": "Mine"}).status_code == 404
    before = stored_file.updated_at
    stored_file.refresh_from_db()
    assert (stored_file.updated_at, stored_file.deleted_at) == (before, None)


def test_a_viewer_reads_and_does_not_write(customer: Customer, stored_file: KnowledgeItem) -> None:
    viewer = Client()
    viewer.force_login(factories.make_member(customer, role=MemberRole.VIEWER).user)
    assert viewer.get(address("detail", stored_file)).status_code == 200
    assert viewer.post(address("delete", stored_file)).status_code == 403
    assert 'id="add"' not in viewer.get(reverse("knowledge:list")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_search_finds_titles_and_contents_of_the_customer_only(
    customer: Customer, other_customer: Customer, billing_page: KnowledgeItem
) -> None:
    assert listing.search_items(customer, "unused mon") == [billing_page]
    assert listing.search_items(customer, 'bill" OR *') == []
    assert listing.search_items(other_customer, "billing") == []
    assert listing.search_items(customer, "  ") == []


def test_the_list_takes_the_same_statements_for_any_number_of_items(
    member_client: Client, base: KnowledgeBase, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        ingestion.add_text(base, title=f"Text {number}", content="Words.")
    member_client.get(reverse("knowledge:list"))
    with django_assert_max_num_queries(20):
        member_client.get(reverse("knowledge:list"))


def test_operators_see_every_table(operator_client: Client, billing_page: KnowledgeItem) -> None:
    for model in ("knowledgebase", "knowledgeitem", "knowledgechunk", "chunkvector"):
        listed = operator_client.get(reverse(f"admin:knowledge_{model}_changelist"), {"q": "billing"})
        assert listed.status_code == 200
    item = reverse("admin:knowledge_knowledgeitem_change", args=(billing_page.pk,))
    assert operator_client.get(item).status_code == 200

"""Files in and out, and the operators' searches: names and contents of strangers, formulas, operators of a search."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer
from billing import entitlements
from chatbots.models import Chatbot
from integrations.models import AIProviderConfig
from knowledge import ingestion, retrieval
from knowledge.exceptions import KnowledgeError
from tests.config.rows import OUR_APPS
from tests.fixtures.hostile_texts import HOSTILE_TEXTS, NAUGHTY
from tests.security.test_hostile_inputs import OPERATORS, encoded, get
from usage.models import UsageLog

FORMULA_STARTS = set("=+-@＝＋－＠")
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    "=cmd|'/c calc'!A0",
    "＝1+1",
    "|x",
    "%x",
]
FILE_NAMES = [
    "<img src=x onerror=window.pwned=1>.txt", "../../etc/passwd", "..\\..\\boot.ini", "CON", "a" * 300 + ".txt",
    "\u202etxt.exe", "x.txt\x00.html", "'\"><script>.md", "💥.csv", "\r\nX: y.txt", "a/b/c.html",
]  # fmt: skip
CONTENTS = [
    b"", b"\x00" * 100, b"\xff\xfe\x00", b"PK\x03\x04 no zip", b"%PDF-1.7 no pdf", b"<" * 50_000,
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "\n".join(HOSTILE_TEXTS).encode(), "\ufeff=1+1,@x\n-1,+1".encode("utf-16"), b"[" * 50_000,
    b"#" * 50_000, b"> " * 10_000,
]  # fmt: skip


@pytest.fixture
def tab(member_client: Client) -> Client:
    member_client.raise_request_exception = False
    return member_client


def test_a_download_runs_nothing_in_a_table_program(customer: Customer, tab: Client) -> None:
    started = entitlements.for_customer(customer).period_start
    for number, text in enumerate([*FORMULAS, *NAUGHTY]):
        bot = Chatbot.objects.create(customer=customer, name=text[:60])
        UsageLog.objects.create(
            customer=customer, chatbot=bot, type="MESSAGE", quantity=1, period_start=started, provider=text[:40],
            model=text[:120], idempotency_key=f"k{number}", created_at=timezone.now(),
        )  # fmt: skip
    answer: Any = tab.get(reverse("usage:download"))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))
    assert len(rows) == 1 + len(FORMULAS) + len(NAUGHTY)
    cells = [cell for row in rows for cell in row if cell]
    assert [cell for cell in cells if cell.strip()[:1] in FORMULA_STARTS or cell[0] in "\t\r"] == []


def test_no_file_breaks_an_upload(chatbot: Chatbot, tab: Client) -> None:
    address = reverse("knowledge:add", args=["files"])
    for name, content in [
        *((name, b"Words") for name in FILE_NAMES),
        *(("x.txt", content) for content in CONTENTS),
    ]:
        answer = tab.post(
            address, {"bot": chatbot.public_id, "uploads": SimpleUploadedFile(name or "x", content)}
        )
        assert answer.status_code in {200, 302}, f"{name!r} {content[:30]!r}"
    picture = reverse("chatbots:save_widget", args=[chatbot.public_id])
    for content in CONTENTS:
        values = {"color": "#0f6b5c", "position": "end", "theme": "auto"}
        answer = tab.post(picture, {**values, "avatar": SimpleUploadedFile("x.png", content or b"x")})
        assert answer.status_code == 200
        assert b"errorlist" in answer.content


@pytest.mark.django_db(transaction=True)
def test_every_text_is_read_and_found_again(chatbot: Chatbot) -> None:
    """The texts as knowledge and as questions: reading and retrieval never fail, whatever the search engine."""
    base = ingestion.base_for(chatbot)
    for start in range(12):
        text = "\n\n".join(HOSTILE_TEXTS[start::12])
        item = ingestion.ingest_now(ingestion.add_text(base, title=HOSTILE_TEXTS[start * 9], content=text))
        assert item.state == "READY", item.failure_reason
    for kind, content in (
        ("md", CONTENTS[7]),
        ("html", CONTENTS[7]),
        ("csv", CONTENTS[8]),
        ("html", CONTENTS[5]),
    ):
        try:
            ingestion.ingest_now(ingestion.add_file(base, name=f"x.{kind}", upload=io.BytesIO(content)))
        except KnowledgeError:
            continue  # a clear refusal
    bases = type(base).objects.filter(pk=base.pk)
    for question in [*OPERATORS, *HOSTILE_TEXTS, " ".join(NAUGHTY), "a" * 4_000, "OR " * 1_000]:
        assert retrieval.search_bases(bases, question).passages is not None


def searchable() -> list[str]:
    sites = admin.site._registry.items()
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model, shown in sites
        if shown.search_fields and model._meta.app_label in OUR_APPS
    ]


def test_no_word_is_an_operator_of_the_administrations_search(operator_client: Client) -> None:
    operator_client.raise_request_exception = False
    addresses = searchable()
    assert len(addresses) > 10
    for address in addresses:
        for text in ("\" + - ( ) * ~ < > @ %_% NEAR(a b) '--", "a\x00b"):
            get(operator_client, f"{address}?{encoded({'q': text, 'p': '9' * 30, 'o': '1.-2.x'})}")


def test_the_end_of_a_key_is_no_markup(customer: Customer, tab: Client) -> None:
    row = AIProviderConfig.objects.create(
        customer=customer, name="x", kind="openai", api_key="0123456789abcdef<b>x"
    )
    page = tab.get(reverse("integrations:provider", args=[row.public_id])).content.decode()
    assert "••••&lt;b&gt;x" in page
    assert "••••<b>x" not in page

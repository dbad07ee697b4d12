"""Decides how each kind of source in the address becomes items: its form, and the call behind it.

Called by the views of the knowledge pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.exceptions import QuotaExceeded
from knowledge import ingestion
from knowledge.exceptions import KnowledgeError
from knowledge.forms import FilesForm, QuestionAnswerForm, SourceForm, TextForm, WebPageForm
from knowledge.models import KnowledgeBase, KnowledgeItem

Job = partial[KnowledgeItem]


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One way to add knowledge, as the page shows it; `jobs` are the items to add, one call each."""

    name: str
    label: Promise
    icon: str
    form: type[SourceForm]
    jobs: Callable[[KnowledgeBase, dict[str, Any]], list[Job]]


def _files(base: KnowledgeBase, values: dict[str, Any]) -> list[Job]:
    return [
        partial(ingestion.add_file, base, name=upload.name, upload=upload) for upload in values["uploads"]
    ]


def _page(base: KnowledgeBase, values: dict[str, Any]) -> list[Job]:
    return [partial(ingestion.add_web_page, base, url=values["url"])]


def _text(base: KnowledgeBase, values: dict[str, Any]) -> list[Job]:
    return [partial(ingestion.add_text, base, title=values["title"], content=values["content"])]


def _answer(base: KnowledgeBase, values: dict[str, Any]) -> list[Job]:
    questions, answer = values["questions"], values["answer"]
    return [partial(ingestion.add_question_answer, base, questions=questions, answer=answer)]


SOURCES = {
    source.name: source
    for source in (
        SourceKind("files", _("Files"), "upload", FilesForm, _files),
        SourceKind("page", _("Page"), "globe", WebPageForm, _page),
        SourceKind("text", _("Text"), "pencil", TextForm, _text),
        SourceKind("answer", _("Q&A"), "question", QuestionAnswerForm, _answer),
    )
}
DEFAULT = "files"


def add(source: SourceKind, form: SourceForm) -> list[KnowledgeItem]:
    """Add what a valid form holds; each refusal becomes an error of the form, and the others go on."""
    base = ingestion.base_for(form.cleaned_data["bot"])
    added = []
    for job in source.jobs(base, form.cleaned_data):
        try:
            added.append(job())
        except QuotaExceeded as refusal:
            form.add_error(None, refusal.sentence)
            break
        except KnowledgeError as error:
            form.add_error(None, f"{job.keywords.get('name', '')} {error.message} {error.remedy}".strip())
    return added

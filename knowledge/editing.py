"""Decides which form edits an item, and puts refusals into words for it.

Called by the views of the knowledge pages.
"""

from typing import Any

from django import forms

from billing.exceptions import QuotaExceeded
from knowledge import ingestion
from knowledge.exceptions import KnowledgeError
from knowledge.forms import QuestionAnswerEditForm, TextEditForm, TitleEditForm
from knowledge.models import ItemKind, KnowledgeItem

_FORMS: dict[str, type[Any]] = {
    ItemKind.TEXT: TextEditForm,
    ItemKind.QUESTION_ANSWER: QuestionAnswerEditForm,
}


def form_for(item: KnowledgeItem, data: Any) -> forms.Form:
    """Return the form of the item's kind; the text of a file or page is its source's, so only the title."""
    kind = _FORMS.get(item.kind, TitleEditForm)
    form: forms.Form = kind(data, initial=kind.initial_of(item))
    return form


def save(item: KnowledgeItem, form: forms.Form) -> bool:
    """Save a valid form; a refusal becomes an error of the form."""
    try:
        ingestion.edit_item(item, **form.cleaned_data)
    except KnowledgeError as error:
        form.add_error(None, f"{error.message} {error.remedy}".strip())
        return False
    return True


def restore(item: KnowledgeItem) -> str:
    """Undo a deletion; return why not, or nothing."""
    try:
        ingestion.restore_item(item)
    except QuotaExceeded as refusal:
        return str(refusal.sentence)
    return ""

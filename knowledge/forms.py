"""What people type about knowledge, made into clean values; choices are scoped to the customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from chatbots.models import Chatbot
from knowledge.models import KnowledgeItem

CONTENT_CHARACTERS = 500_000
FILES_AT_ONCE = 20
ACCEPTED_FILES = ".pdf,.docx,.md,.markdown,.txt,.html,.htm,.csv,.tsv"


class SourceForm(forms.Form):
    """Common to all kinds of source: the bot that shall know it."""

    bot = forms.ModelChoiceField(Chatbot.objects.none(), label=_("For the bot"), to_field_name="public_id")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bots = Chatbot.objects.for_customer(customer).order_by("name", "pk")
        field: Any = self.fields["bot"]
        field.queryset = bots
        field.empty_label = None
        if bots.count() == 1:
            field.widget = forms.HiddenInput()
            field.initial = bots[0].public_id
        self.order_fields([name for name in self.fields if name != "bot"])


class TextForm(SourceForm):
    title = forms.CharField(
        label=_("Title"), max_length=300, help_text=_("It counts three times in the search.")
    )
    content = forms.CharField(
        label=_("Text"),
        max_length=CONTENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Markdown works: headings cut the text into passages."),
    )


class QuestionAnswerForm(SourceForm):
    questions = forms.CharField(
        label=_("Question"),
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One phrasing a line. Different words for the same question help."),
    )
    answer = forms.CharField(
        label=_("Answer"), max_length=CONTENT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 5})
    )

    def clean_questions(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]


class WebPageForm(SourceForm):
    url = forms.URLField(
        label=_("Address of the page"),
        max_length=1000,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "url"}),
        help_text=_("One public page. It is fetched and read in the background."),
    )


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Files of one press; each is checked for its size before anything is stored."""

    widget = SeveralFilesInput()

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list | tuple) else [data]
        uploads = [super(SeveralFilesField, self).clean(one, initial) for one in chosen or [None]]
        if len(uploads) > FILES_AT_ONCE:
            raise forms.ValidationError(_("At most 20 files at once."))
        for upload in uploads:
            if upload.size > settings.KNOWLEDGE_FILE_MAX_BYTES:
                limit = filesizeformat(settings.KNOWLEDGE_FILE_MAX_BYTES)
                message = _("%(name)s is larger than %(limit)s.") % {"name": upload.name, "limit": limit}
                raise forms.ValidationError(message)
        return uploads


class FilesForm(SourceForm):
    uploads = SeveralFilesField(label=_("Files"))


class TextEditForm(forms.Form):
    """A text written here."""

    title = forms.CharField(label=_("Title"), max_length=300)
    content = forms.CharField(
        label=_("Text"), max_length=CONTENT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 18})
    )

    @classmethod
    def initial_of(cls, item: KnowledgeItem) -> dict[str, Any]:
        return {"title": item.title, "content": item.content}


class QuestionAnswerEditForm(forms.Form):
    questions = QuestionAnswerForm.base_fields["questions"]
    content = forms.CharField(
        label=_("Answer"), max_length=CONTENT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 10})
    )
    clean_questions = QuestionAnswerForm.clean_questions

    @classmethod
    def initial_of(cls, item: KnowledgeItem) -> dict[str, Any]:
        return {"questions": "\n".join(item.questions), "content": item.content}


class TitleEditForm(forms.Form):
    """A file or page: its text comes from its source."""

    title = forms.CharField(label=_("Title"), max_length=300)

    @classmethod
    def initial_of(cls, item: KnowledgeItem) -> dict[str, Any]:
        return {"title": item.title}

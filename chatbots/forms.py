"""The studio's forms: what people type becomes clean values for publishing, widgets and domains."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.preferences import language_choices
from chatbots import avatars, colors, domains
from chatbots.models import AnswerMode, Chatbot, Tone, WidgetPosition, WidgetSettings, WidgetTheme

MOST_QUESTIONS = 5
LONGEST_QUESTION = 120
MOST_DOMAINS = 50
LINES = {"rows": 4, "dir": "auto"}


class EitherWay(forms.TextInput):
    """A line whose direction follows what is typed."""

    def __init__(self) -> None:
        super().__init__({"dir": "auto"})


class LinesField(forms.CharField):
    """A list, typed one entry a line."""

    widget = forms.Textarea(attrs=LINES)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in (super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The validators of a text would not fit a list."""


class QuestionsField(LinesField):
    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_QUESTIONS:
            raise forms.ValidationError(_("At most five questions: more are not read."))
        if any(len(question) > LONGEST_QUESTION for question in value):
            raise forms.ValidationError(_("A question may have 120 characters."))


class ChatbotForm(forms.Form):
    """A new bot: the name is enough."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Visitors see it. A first name works well.")
    )


def _answer_languages() -> list[tuple[str, Any]]:
    return [("", _("The visitor’s language")), *language_choices()]


class BehaviourForm(forms.Form):
    """The draft of what answers. Each field that differs from the live version says so in its label."""

    name = forms.CharField(label=_("Name"), max_length=60)
    language = forms.ChoiceField(label=_("Answers in"), choices=_answer_languages, required=False)
    tone = forms.ChoiceField(label=_("Tone"), choices=Tone.choices)
    instructions = forms.CharField(
        label=_("Instructions"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "data-count": "instructions-count", "dir": "auto"}),
    )
    answer_mode = forms.ChoiceField(label=_("It answers"), choices=AnswerMode.choices)
    refusal_text = forms.CharField(
        label=_("When nothing is found"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Empty: it says that it found nothing and would rather not guess."),
    )
    offer_after_refusals = forms.IntegerField(
        label=_("Offer a person after"),
        required=False,
        min_value=1,
        max_value=10,
        help_text=_("Questions in a row without an answer. Empty: only when asked."),
    )
    model_choice = forms.CharField(
        label=_("Model"),
        max_length=120,
        required=False,
        help_text=_("Empty: the one your provider is set to."),
    )
    temperature = forms.DecimalField(
        label=_("Temperature"),
        min_value=Decimal(0),
        max_value=Decimal(2),
        decimal_places=2,
        max_digits=3,
        help_text=_("0 keeps to the facts, 1 speaks more freely."),
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )

    def __init__(self, *args: Any, chatbot: Chatbot, **kwargs: Any) -> None:
        rules = chatbot.handover_rules
        initial = {name: getattr(chatbot, name) for name in self.base_fields if hasattr(chatbot, name)}
        initial["offer_after_refusals"] = rules.get("after_refusals")
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.chatbot = chatbot

    def values(self) -> dict[str, Any]:
        """The cleaned input as draft fields of the bot."""
        values = dict(self.cleaned_data)
        after_refusals = values.pop("offer_after_refusals")
        rules = {key: value for key, value in self.chatbot.handover_rules.items() if key != "after_refusals"}
        values["handover_rules"] = rules | ({"after_refusals": after_refusals} if after_refusals else {})
        return values


def _color_hint() -> SafeString:
    return format_html(
        "<span data-contrast>{}</span>", _("Any colour works: text on it turns black or white by itself.")
    )


class WidgetForm(forms.ModelForm):
    """How the widget looks and greets; it is live as soon as it is saved."""

    color = forms.CharField(
        label=_("Accent colour"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=lazy(_color_hint, SafeString)(),
    )
    position = forms.ChoiceField(label=_("Position"), choices=WidgetPosition.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=WidgetTheme.choices)
    title = forms.CharField(
        label=_("Title"), max_length=60, required=False, help_text=_("Empty: the bot’s name.")
    )
    avatar = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, square, up to 512 kB."),
    )
    remove_avatar = forms.BooleanField(label=_("Remove the picture"), required=False)
    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    teaser = forms.CharField(
        label=_("Teaser"),
        max_length=120,
        required=False,
        help_text=_("One line above the button, once a visit. Empty: none."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    suggested_questions = QuestionsField(
        label=_("Suggested questions"), required=False, help_text=_("One a line, five at most.")
    )
    show_sources = forms.BooleanField(
        label=_("Show numbered sources"),
        required=False,
        help_text=_("Each claim links to the passage it came from."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    person_offered = forms.BooleanField(
        label=_("Offer a person"),
        required=False,
        help_text=_("“Talk to a person” is always in reach."),
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )

    class Meta:
        model = WidgetSettings
        fields = (
            "color",
            "position",
            "theme",
            "title",
            "greeting",
            "teaser",
            "suggested_questions",
            "show_sources",
            "person_offered",
        )

    def clean_color(self) -> str:
        color: str = self.cleaned_data["color"].lower()
        if not colors.HEX.fullmatch(color):
            raise forms.ValidationError(_("A colour is written as #0f6b5c."))
        return color

    def clean_avatar(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["avatar"]
        if not upload or not hasattr(upload, "read"):
            return None
        try:
            upload.name = avatars.inspect(upload).file_name
        except avatars.UnusablePictureError as error:
            raise forms.ValidationError(str(error)) from error
        return upload


class LocaleTextsForm(forms.Form):
    """What the widget says in one more language; empty fields fall back to the texts above."""

    title = forms.CharField(label=_("Title"), max_length=60, required=False, widget=EitherWay)
    subtitle = forms.CharField(
        label=_("Line below the title"), max_length=80, required=False, widget=EitherWay
    )
    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    teaser = forms.CharField(label=_("Teaser"), max_length=120, required=False, widget=EitherWay)
    suggested_questions = QuestionsField(label=_("Suggested questions"), required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class DomainsForm(forms.Form):
    allowed_domains = LinesField(
        label=_("Pages that may show it"),
        required=False,
        help_text=_(
            "One domain a line: shop.example.com, *.example.com for one name before it, localhost:3000 while you build."
        ),
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "dir": "ltr", "autocapitalize": "none"}
        ),
    )

    def clean_allowed_domains(self) -> list[str]:
        entries: list[str] = self.cleaned_data["allowed_domains"]
        if len(entries) > MOST_DOMAINS:
            raise forms.ValidationError(_("At most fifty domains; a star may stand for many."))
        try:
            return list(dict.fromkeys(domains.normalise(entry) for entry in entries))
        except domains.InvalidDomainError as error:
            raise forms.ValidationError(str(error)) from error


class PublishForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("What is new, for your colleagues.")
    )


class DeleteForm(forms.Form):
    """Deleting takes the conversations along, so the name is typed."""

    name = forms.CharField(label=_("Type its name to delete it"), max_length=60)

    def __init__(self, *args: Any, chatbot: Chatbot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chatbot = chatbot

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip() != self.chatbot.name.strip():
            raise forms.ValidationError(_("That is not its name. Nothing was deleted."))
        return name

"""The forms of the widget and embed pages: what people type becomes clean values for chatbots.widgets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from chatbots import avatars, colors, domains
from chatbots.models import WidgetPosition, WidgetSettings, WidgetTheme

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


class WidgetForm(forms.ModelForm):
    """How the widget looks and greets; it is live as soon as it is saved."""

    color = forms.CharField(
        label=_("Accent colour"),
        widget=forms.ColorInput(),
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

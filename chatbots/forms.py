"""The studio's forms: what people type becomes clean values for chatbots.publishing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.preferences import language_choices
from chatbots.models import AnswerMode, Chatbot, Tone


class ChatbotForm(forms.Form):
    """A new bot: the name is enough."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("Visitors see it. A first name works well.")
    )


def _answer_languages() -> list[tuple[str, Any]]:
    return [("", _("The visitor’s language")), *language_choices()]


class BehaviourForm(forms.Form):
    """The draft of what answers."""

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

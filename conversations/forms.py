"""What members type: the list's filters, replies, and questions to the playground."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from chatbots.models import Chatbot
from conversations.models import Channel


class Queue(models.TextChoices):
    """The tabs of the list."""

    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    MINE = "mine", _("Yours")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")
    ALL = "all", _("All")


class Outcome(models.TextChoices):
    """What became of a conversation; the numbers of the overview open the list with one of these."""

    ANSWERED = "answered", _("Answered by the bot")
    REFUSED = "refused", _("Not answered")
    HANDED = "handed", _("Handed to a person")
    HELPFUL = "helpful", _("Rated helpful")
    UNHELPFUL = "unhelpful", _("Rated not helpful")


class FilterForm(forms.Form):
    """The list's filters as they stand in the address; what is not understood is left out, never an error."""

    q = forms.CharField(max_length=200, required=False, label=_("Search people and messages"))
    queue = forms.ChoiceField(choices=Queue.choices, required=False, label=_("Queue"))
    channel = forms.ChoiceField(required=False, label=_("Channel"))
    bot = forms.ChoiceField(required=False, label=_("Bot"))
    outcome = forms.ChoiceField(required=False, label=_("Outcome"))
    since = forms.DateField(
        required=False, label=_("Begun on or after"), widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        required=False, label=_("Begun on or before"), widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels: dict[str, dict[str, Any]] = {}
        bots = Chatbot.objects.for_customer(customer).order_by("name").values_list("public_id", "name")
        self._offer("channel", _("Any channel"), Channel.choices)
        self._offer("bot", _("Any bot"), list(bots))
        self._offer("outcome", _("Any outcome"), Outcome.choices)

    def _offer(self, name: str, nothing: Any, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (narrows the type)
        field.choices = [("", nothing), *choices]
        self.labels[name] = dict(choices)

    def chosen(self) -> dict[str, Any]:
        """The valid values that were given."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def words(self) -> list[str]:
        """The chosen filters in words, without the queue that its tab shows."""
        return [self._word(name, value) for name, value in self.chosen().items() if name != "queue"]

    def _word(self, name: str, value: Any) -> str:
        if name in self.labels:
            return str(self.labels[name][value])
        if name == "since":
            return _("since %(day)s") % {"day": date_format(value, "j M")}
        if name == "until":
            return _("until %(day)s") % {"day": date_format(value, "j M")}
        return f"“{value}”"


class ReplyForm(forms.Form):
    text = forms.CharField(
        max_length=settings.WIDGET_MESSAGE_MAX_CHARACTERS,
        error_messages={"required": _("Write something first.")},
    )
    client_id = forms.CharField(max_length=64, required=False)


class QuestionForm(ReplyForm):
    """A question to the playground, and which version answers."""

    version = forms.ChoiceField(choices=(("draft", _("Draft")), ("live", _("Live"))), required=False)

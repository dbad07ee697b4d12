"""The forms of sign-up, profile and workspace settings: input to clean values."""

from typing import Any

from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import preferences, signup
from accounts.models import Customer, User

THEME_CHOICES = [("auto", _("As my system")), ("light", _("Light")), ("dark", _("Dark"))]


class SignupDetailsForm(forms.Form):
    """What sign-up asks besides e-mail and password; an invited person founds no workspace."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    company = forms.CharField(
        label=_("Company"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    field_order = ("name", "company", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_invited(context.request):
            del self.fields["company"]

    def signup(self, request: HttpRequest, user: User) -> None:
        if not is_invited(request):
            signup.create_customer(user, self.cleaned_data["company"])


def is_invited(request: HttpRequest | None) -> bool:
    return request is not None and bool(request.session.get(signup.INVITATION_KEY))


class WorkspaceForm(forms.Form):
    """The name of a workspace that is being founded."""

    name = forms.CharField(
        label=_("Name of the workspace"),
        max_length=120,
        help_text=_("Usually your company. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class ZoneSelect(forms.Select):
    template_name = "accounts/_zone_select.html"


class ProfileForm(forms.ModelForm):
    locale = forms.ChoiceField(label=_("Language"), choices=preferences.language_choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=preferences.time_zone_choices, widget=ZoneSelect
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=THEME_CHOICES, help_text=_("Kept in this browser."))

    class Meta:
        model = User
        fields = ("name", "locale", "time_zone")


class CustomerForm(forms.ModelForm):
    locale = forms.ChoiceField(
        label=_("Language"),
        choices=preferences.language_choices,
        help_text=_("For mails and for visitors whose language is not offered."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=preferences.time_zone_choices,
        widget=ZoneSelect,
        help_text=_("Days in reports begin at its midnight."),
    )
    retention_days = forms.IntegerField(
        label=_("Days conversations are kept"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Empty: until you delete them."),
    )
    billing_email = forms.EmailField(
        label=_("Billing e-mail"), required=False, help_text=_("Invoices and payment notices go there.")
    )

    class Meta:
        model = Customer
        fields = ("name", "locale", "time_zone", "retention_days", "billing_email")

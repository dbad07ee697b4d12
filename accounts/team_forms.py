"""The team page's forms; the roles on offer depend on who asks, because only owners make owners."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberRole, Membership

ROLE_HINTS = _("Viewers read. Agents answer and edit knowledge. Administrators run bots, team and settings.")


def role_choices(actor: Membership) -> list[tuple[str, Any]]:
    roles = [role for role in MemberRole if role != MemberRole.OWNER or actor.role == MemberRole.OWNER]
    return [(role.value, role.label) for role in roles]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), initial=MemberRole.AGENT)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["role"]
        choice.choices = role_choices(actor)


class InviteForm(RoleForm):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ("email", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].help_text = ROLE_HINTS

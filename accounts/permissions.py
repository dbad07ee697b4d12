"""The one permission table: what each role may do. Read by pages, the API and the generated tests.

docs/permissions.md is made from ROLE_ACTIONS by `manage.py document_permissions`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import MemberRole


class Action(StrEnum):
    VIEW_OVERVIEW = "view_overview"
    VIEW_CONVERSATIONS = "view_conversations"
    ANSWER_CONVERSATIONS = "answer_conversations"
    VIEW_BOTS = "view_bots"
    EDIT_BOTS = "edit_bots"
    PUBLISH_BOTS = "publish_bots"
    VIEW_KNOWLEDGE = "view_knowledge"
    EDIT_KNOWLEDGE = "edit_knowledge"
    VIEW_CHANNELS = "view_channels"
    EDIT_CHANNELS = "edit_channels"
    VIEW_TEAM = "view_team"
    MANAGE_TEAM = "manage_team"
    VIEW_USAGE = "view_usage"
    VIEW_BILLING = "view_billing"
    MANAGE_BILLING = "manage_billing"
    MANAGE_KEYS = "manage_keys"
    MANAGE_SETTINGS = "manage_settings"


VIEWER_ACTIONS = frozenset(
    {
        Action.VIEW_OVERVIEW,
        Action.VIEW_CONVERSATIONS,
        Action.VIEW_BOTS,
        Action.VIEW_KNOWLEDGE,
        Action.VIEW_CHANNELS,
        Action.VIEW_TEAM,
        Action.VIEW_USAGE,
    }
)
AGENT_ACTIONS = VIEWER_ACTIONS | {Action.ANSWER_CONVERSATIONS, Action.EDIT_KNOWLEDGE}
ADMIN_ACTIONS = AGENT_ACTIONS | {
    Action.EDIT_BOTS,
    Action.PUBLISH_BOTS,
    Action.EDIT_CHANNELS,
    Action.MANAGE_TEAM,
    Action.VIEW_BILLING,
    Action.MANAGE_KEYS,
    Action.MANAGE_SETTINGS,
}
ROLE_ACTIONS: dict[MemberRole, frozenset[Action]] = {
    MemberRole.VIEWER: VIEWER_ACTIONS,
    MemberRole.AGENT: AGENT_ACTIONS,
    MemberRole.ADMIN: ADMIN_ACTIONS,
    MemberRole.OWNER: frozenset(Action),
}


def allows(role: str, action: Action) -> bool:
    return action in ROLE_ACTIONS.get(MemberRole(role), frozenset())


class HasScope(BasePermission):
    """A program may call a view whose `required_scope` its key carries; a view that names none is closed.

    `required_scope` is one scope, or a mapping from HTTP method to scope.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        required = getattr(view, "required_scope", None)
        if isinstance(required, Mapping):
            required = required.get("GET" if request.method == "HEAD" else request.method)
        return required is not None and required in getattr(request.auth, "scopes", ())

"""Makes docs/permissions.md from the one permission table, so that the page cannot differ from the checks.

Called by `manage.py document_permissions`; a test compares its text with the file.
"""

from pathlib import Path

from django.conf import settings
from django.utils import translation

from accounts.models import MemberRole
from accounts.permissions import Action, allows

HEAD = """# Roles and permissions

What each member of a workspace may do. The checks of every page and this table come from the same place
(`accounts/permissions.py`); `manage.py document_permissions` writes it.

"""
MEANINGS = {
    Action.VIEW_OVERVIEW: "See the overview and one's own settings",
    Action.VIEW_CONVERSATIONS: "Read conversations",
    Action.ANSWER_CONVERSATIONS: "Answer, take over, close and archive conversations",
    Action.VIEW_BOTS: "See bots, their versions and the embed page",
    Action.EDIT_BOTS: "Make, edit, pause and delete bots; change the widget and its pages",
    Action.PUBLISH_BOTS: "Publish a version",
    Action.VIEW_KNOWLEDGE: "Read knowledge",
    Action.EDIT_KNOWLEDGE: "Add, edit and delete knowledge",
    Action.VIEW_CHANNELS: "See channels",
    Action.EDIT_CHANNELS: "Connect and disconnect channels",
    Action.VIEW_TEAM: "See members, and leave",
    Action.MANAGE_TEAM: "Invite and remove members, change roles (of owners: only owners)",
    Action.VIEW_USAGE: "See usage",
    Action.VIEW_BILLING: "See the plan and invoices",
    Action.MANAGE_BILLING: "Change the plan and how it is paid",
    Action.MANAGE_KEYS: "Manage API keys and webhooks",
    Action.MANAGE_SETTINGS: "Change the workspace's settings, read the activity list",
}


def text() -> str:
    with translation.override("en"):
        roles = [(role, str(role.label)) for role in reversed(MemberRole)]
    lines = [_row("", *(name for _role, name in roles)), _row("---", *(":-:" for _role in roles))]
    for action in Action:
        marks = ("yes" if allows(role, action) else "–" for role, _name in roles)
        lines.append(_row(f"{MEANINGS[action]} (`{action}`)", *marks))
    return HEAD + "\n".join(lines) + "\n"


def path() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "permissions.md"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"

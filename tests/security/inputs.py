"""Everything that a person can type into the product over HTTP, in one table: forms, queries and presses.

A route that none of the tables names fails the build, so no input is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Customer, User
from chatbots.models import Chatbot, ChatbotVersion, WidgetSettings
from conversations.models import Message
from integrations.models import AIProviderConfig, APIKey
from knowledge.models import KnowledgeItem
from tests.world import World

Kept = Callable[[World], Mapping[str, object]]


@dataclass(frozen=True)
class Form:
    """One form: its free texts with the characters each takes, all else it asks for, and where texts are kept."""

    route: str
    texts: Mapping[str, int] = field(default_factory=dict)
    rest: Mapping[str, str] = field(default_factory=dict)
    kept: Kept | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "-".join((self.route, *self.parameters.values()))


def newest(model: Any, *names: str, **others: str) -> Kept:
    """The named fields of the row that was written last; `others` where the form calls a field differently."""
    fields = dict.fromkeys(names) | others

    def read(world: World) -> Mapping[str, object]:
        row = model.objects.order_by("-pk")[0]
        return {name: getattr(row, other or name) for name, other in fields.items()}

    return read


def same(model: Any, place: str, *names: str) -> Kept:
    """The named fields of the world's own row."""

    def read(world: World) -> Mapping[str, object]:
        row = model.objects.get(pk=getattr(world, place).pk)
        return {name: getattr(row, name) for name in names}

    return read


def owner_name(world: World) -> Mapping[str, object]:
    return {"name": User.objects.get(memberships__customer=world.customer, memberships__role="OWNER").name}


def german_texts(world: World) -> Mapping[str, object]:
    return dict(WidgetSettings.objects.get(chatbot=world.chatbot).locale_texts["de"])


def widget_texts(world: World) -> Mapping[str, object]:
    row = WidgetSettings.objects.get(chatbot=world.chatbot)
    return {name: getattr(row, name) for name in ("title", "greeting", "teaser", "suggested_questions")}


def of_world(place: str) -> Any:
    return lambda world: getattr(world, place).public_id


ZONE = {"locale": "en", "time_zone": "UTC"}
BEHAVIOUR = {
    "language": "", "tone": "NEUTRAL", "answer_mode": "GROUNDED", "offer_after_refusals": "", "temperature": "0.2",
}  # fmt: skip
PROVIDER = {
    "base_url": "https://models.example.com/v1", "api_key": "", "input_price": "0", "output_price": "0",
    "currency": "USD", "priority": "10", "is_enabled": "on",
}  # fmt: skip
TALK = {"client_id": "6a1f0a4e-0000-4000-8000-000000000000", "revision": "0", "sequence": "0"}
CUSTOMER_REST = {**ZONE, "retention_days": "", "billing_email": ""}
PASSWORDS = {"oldpassword": "x", "password1": "one long pass word", "password2": "one long pass word"}
TITLED = newest(KnowledgeItem, "title", "content")

FORMS = [
    Form("accounts:settings", {"name": 150}, {**ZONE, "theme": "auto"}, owner_name),
    Form("accounts:workspace", {"name": 120}, CUSTOMER_REST, same(Customer, "customer", "name")),
    Form("accounts:welcome", {"name": 120}, kept=newest(Customer, "name")),
    Form("accounts:switch", rest={"customer": ""}),
    Form("team:invite", rest={"email": "new@example.com", "role": "AGENT"}),
    Form("team:change_role", rest={"role": "AGENT"}),
    Form("chatbots:create", {"name": 60}, kept=newest(Chatbot, "name")),
    Form(
        "chatbots:save_draft",
        {"name": 60, "instructions": 4000, "refusal_text": 500, "model_choice": 120},
        BEHAVIOUR,
        same(Chatbot, "chatbot", "name", "instructions", "refusal_text", "model_choice"),
    ),
    Form("chatbots:publish", {"note": 200}, kept=newest(ChatbotVersion, "note")),
    Form("chatbots:delete", rest={"name": "another name"}),
    Form(
        "chatbots:save_widget",
        {"title": 60, "greeting": 300, "teaser": 120, "suggested_questions": 120},
        {"color": "#0f6b5c", "position": "end", "theme": "auto"},
        widget_texts,
    ),
    Form(
        "chatbots:locale_texts",
        {"title": 60, "subtitle": 80, "greeting": 300, "teaser": 120, "suggested_questions": 120},
        kept=german_texts,
    ),
    Form("chatbots:save_domains", rest={"allowed_domains": "shop.example.com"}),
    Form("conversations:reply", {"text": 4000}, TALK, newest(Message, text="content")),
    Form("conversations:take_over", rest={"revision": "0", "sequence": "0"}),
    Form("conversations:hand_back", rest={"revision": "0", "sequence": "0"}),
    Form("conversations:playground", {"text": 4000}, TALK | {"version": "draft"}, newest(Message, text="content")),
    Form("conversations:playground_new", rest={"version": "draft"}),
    Form("knowledge:add", {"title": 300, "content": 4000}, {"bot": ""}, TITLED, {"source": "text"}),
    Form(
        "knowledge:add", {"questions": 300, "answer": 4000}, {"bot": ""},
        newest(KnowledgeItem, questions="questions", answer="content"), {"source": "answer"},
    ),
    Form("knowledge:add", rest={"bot": "", "url": "https://example.com/"}, parameters={"source": "page"}),
    Form("knowledge:add", rest={"bot": "", "uploads": ""}, parameters={"source": "files"}),
    Form("knowledge:edit", {"title": 300, "content": 4000}, kept=same(KnowledgeItem, "item", "title", "content")),
    Form("integrations:create_key", {"name": 80}, {"lifetime": "30", "scopes": "bots:read"}, newest(APIKey, "name")),
    Form(
        "integrations:new_provider", {"name": 80, "chat_model": 120}, PROVIDER,
        newest(AIProviderConfig, "name", "chat_model"),
    ),
    Form(
        "integrations:provider", {"name": 80, "chat_model": 120}, PROVIDER,
        same(AIProviderConfig, "provider", "name", "chat_model"),
    ),
    Form("account_login", rest={"login": "a@example.com", "password": "x", "remember": "on", "next": "/app/"}),
    Form("account_signup", {"name": 150, "company": 120}, {"email": "a@example.com", "password1": "x", "next": ""}),
    Form("account_reset_password", rest={"email": "a@example.com"}),
    Form("account_change_password", rest=PASSWORDS),
    Form("account_set_password", rest=PASSWORDS),
    Form("account_email", rest={"email": "a@example.com", "action_add": "1"}),
    Form("account_reauthenticate", rest={"password": "x", "next": ""}),
    Form("account_logout", rest={"next": ""}),
    Form("account_confirm_login_code", rest={"code": "x"}),
    Form("account_confirm_email", rest={"x": "x"}),
    Form("account_reset_password_from_key", rest={"password1": "x", "password2": "x"}),
    Form("mfa_authenticate", rest={"code": "000000"}),
    Form("mfa_reauthenticate", rest={"code": "000000"}),
    Form("mfa_activate_totp", rest={"code": "000000"}),
    Form("mfa_deactivate_totp", rest={"x": "x"}),
    Form("mfa_generate_recovery_codes", rest={"x": "x"}),
    Form("usersessions_list", rest={"x": "x"}),
]  # fmt: skip

# What an address may carry behind the question mark. Every name is tried alone with every hostile value.
QUERIES: dict[str, tuple[str, ...]] = {
    "conversations:list": ("q", "queue", "channel", "bot", "outcome", "since", "until", "after", "opened"),
    "conversations:thread": ("before", "q", "queue", "since"),
    "conversations:messages": ("revision", "sequence", "state"),
    "conversations:row": ("opened",),
    "conversations:playground": ("version",),
    "conversations:playground_messages": ("version", "revision", "sequence"),
    "knowledge:list": ("q", "add", "question", "state", "kind", "bot", "before", "after"),
    "knowledge:try": ("q", "bot"),
    "overview": ("bot", "days", "metric"),
    "accounts:audit": ("before",),
    "widget:launcher": ("locale",),
    "account_login": ("next",),
    "account_signup": ("next", "email"),
}

# One press, nothing typed; what the address names is tried by the test of addresses.
PRESSES = {
    "accounts:join", "accounts:invitation", "chatbots:discard_draft", "chatbots:publish_again", "chatbots:pause",
    "chatbots:resume", "conversations:close", "conversations:archive", "conversations:reopen",
    "integrations:revoke_key", "integrations:delete_provider", "integrations:test_provider", "knowledge:delete",
    "knowledge:restore", "knowledge:retry", "team:leave", "team:remove", "team:resend", "team:revoke",
}  # fmt: skip

# Pages and files that read nothing but their own address.
PAGES = {
    "landing", "pricing", "docs", "doc", "styleguide", "brand_css", "widget_loader", "widget:avatar", "healthz",
    "readyz", "first_steps", "overview_now", "conversations:passages", "chatbots:list", "chatbots:studio",
    "chatbots:versions", "chatbots:widget", "chatbots:embed", "chatbots:embed_status", "knowledge:detail",
    "knowledge:row", "knowledge:file", "knowledge:signed_file", "team:list", "billing:plan", "usage:report",
    "usage:download", "integrations:api", "account_inactive", "account_email_verification_sent",
    "account_reset_password_from_key_done", "account_reset_password_done", "mfa_index", "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
}  # fmt: skip

# JSON, each with a test of its own beside these tables.
JSON = {"visit:session"}
SOCKETS = {"ws/widget/<str:bot>/", "ws/dashboard/"}

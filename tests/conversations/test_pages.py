"""The inbox: list, filters, search, thread, replies, who answers, and what a stranger may not see."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, MemberRole, User
from billing import entitlements
from chatbots.models import Chatbot
from conversations import handover, listing, thread
from conversations.markdown import render_answer
from conversations.models import Answering, AuthorKind, Conversation, ConversationStatus, MessageState
from tests import factories
from tests.conversations.talks import CITATION, READ, days_ago, make_talk, say, statements

LIST = "/app/conversations/"
HTMX = {"HX-Request": "true"}


def thread_of(conversation: Conversation) -> str:
    return reverse("conversations:thread", args=(conversation.public_id,))


def action_of(conversation: Conversation, name: str) -> str:
    return reverse(f"conversations:{name}", args=(conversation.public_id,))


def order_in(page: str, *conversations: Conversation) -> list[int]:
    return [page.find(f'id="row-{each.public_id}"') for each in conversations]


def test_list_shows_unread_first_then_newest(member_client: Client, chatbot: Chatbot) -> None:
    old_unread = make_talk(chatbot, "Old but unread", created_at=days_ago(3), unread_count=2)
    new_read = make_talk(chatbot, "New and read")
    older_read = make_talk(chatbot, "Older and read", created_at=days_ago(1))
    page = member_client.get(LIST).content.decode()
    places = order_in(page, old_unread, new_read, older_read)
    assert -1 not in places
    assert places == sorted(places)


def test_list_leaves_out_previews_archived_and_other_tenants(
    member_client: Client, chatbot: Chatbot, other_customer: Customer
) -> None:
    hidden = [
        make_talk(chatbot, "Preview", is_preview=True),
        make_talk(chatbot, "Archived", status=ConversationStatus.ARCHIVED),
        make_talk(factories.make_chatbot(other_customer), "Foreign"),
    ]
    page = member_client.get(LIST).content.decode()
    assert order_in(page, *hidden) == [-1, -1, -1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?queue=waiting", "waiting"),
        ("?queue=closed", "closed"),
        ("?channel=WHATSAPP_QR", "phone"),
        ("?q=helmet+crack", "phone"),
        ("?q=anna@example.org&queue=all", "closed"),
        ("?outcome=refused&queue=all", "waiting"),
        ("?outcome=handed&queue=all", "waiting"),
        ("?outcome=helpful&queue=all", "phone"),
    ],
)
def test_filters_and_search(member_client: Client, chatbot: Chatbot, query: str, found: str) -> None:
    anna = factories.make_contact(chatbot.customer, email="anna@example.org")
    talks = {
        "waiting": make_talk(
            chatbot,
            "Can I rent one?",
            "I do not know.",
            answer_fields={"refusal_cause": "LOW_SUPPORT"},
            answering=Answering.WAITING,
            handover_at=timezone.now(),
        ),
        "closed": make_talk(chatbot, "Thanks", contact=anna, status=ConversationStatus.CLOSED),
        "phone": make_talk(
            chatbot,
            "My helmet has a crack",
            "Send it back.",
            channel="WHATSAPP_QR",
            answer_fields={"feedback": 1},
        ),
    }
    page = member_client.get(LIST + query).content.decode()
    shown = {name for name, talk in talks.items() if f'id="row-{talk.public_id}"' in page}
    assert shown == {found}


def test_filter_by_bot_and_day(member_client: Client, chatbot: Chatbot) -> None:
    other_bot = factories.make_chatbot(chatbot.customer)
    wanted = make_talk(chatbot, "Last week", created_at=days_ago(7))
    make_talk(other_bot, "Other bot", created_at=days_ago(7))
    make_talk(chatbot, "Today")
    day = days_ago(7).date().isoformat()
    page = member_client.get(LIST, {"bot": chatbot.public_id, "since": day, "until": day}).content.decode()
    assert page.count("data-row=") == 1
    assert order_in(page, wanted) != [-1]


@pytest.mark.parametrize("text", ["100%", "a_b", "' OR 1=1 --", "\\", "ا", "😀"])
def test_search_takes_wildcards_literally(member_client: Client, chatbot: Chatbot, text: str) -> None:
    make_talk(chatbot, "Nothing of this kind")
    exact = make_talk(chatbot, f"before {text} after")
    page = member_client.get(LIST, {"q": text}).content.decode()
    assert page.count("data-row=") == 1
    assert order_in(page, exact) != [-1]


def test_what_a_filter_does_not_understand_is_left_out(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Still here")
    query = {
        "queue": "x",
        "channel": "FAX",
        "bot": "bot_none",
        "since": "soon",
        "after": "1~x~y",
        "outcome": "?",
    }
    answer = member_client.get(LIST, query)
    assert answer.status_code == 200
    assert order_in(answer.content.decode(), talk) != [-1]


def test_pages_reach_every_row_once(owner: User, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 3)
    at = timezone.now()
    made = {
        make_talk(chatbot, f"{number}", created_at=at - timedelta(minutes=number // 2)).pk
        for number in range(6)
    }
    made |= {make_talk(chatbot, f"unread {number}", created_at=at, unread_count=1).pk for number in range(4)}
    seen: list[int] = []
    cursor = ""
    while True:
        page = listing.page(chatbot.customer, owner, {}, cursor)
        seen += [row.pk for row in page.rows]
        cursor = page.older
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 10
    assert set(seen) == made


def test_list_rows_alone_for_htmx(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello", unread_count=1)
    page = member_client.get(
        LIST, {"opened": talk.public_id}, headers={**HTMX, "HX-Target": "threads"}
    ).content.decode()
    assert "<html" not in page
    assert 'aria-current="true"' in page
    assert 'data-unread-now="1"' in page


def test_thread_shows_messages_sources_and_marks_read(member_client: Client, chatbot: Chatbot) -> None:
    answer = {"citations": [CITATION], "retrieved": [READ], "total_ms": 1400}
    talk = make_talk(
        chatbot, "May I fly?", "No. **160 Wh** at most.[1]", answer_fields=answer, unread_count=1
    )
    page = member_client.get(thread_of(talk)).content.decode()
    message = talk.messages.get(author_kind=AuthorKind.BOT)
    assert "<strong>160 Wh</strong>" in page
    assert f'href="#{message.public_id}-source-1"' in page
    assert "<mark>Batteries above 160 Wh are not allowed.</mark>" in page
    assert "1.4 s" in page
    talk.refresh_from_db()
    assert talk.unread_count == 0


def test_viewer_reads_along_but_leaves_it_unread(chatbot: Chatbot) -> None:
    viewer = factories.make_member(chatbot.customer, role=MemberRole.VIEWER)
    client = Client()
    client.force_login(viewer.user)
    talk = make_talk(chatbot, "Hello", unread_count=1)
    page = client.get(thread_of(talk)).content.decode()
    assert 'id="composer"' in page
    assert "<textarea" not in page
    assert client.post(action_of(talk, "reply"), {"text": "Hi"}).status_code == 403
    talk.refresh_from_db()
    assert (talk.unread_count, talk.messages.count()) == (1, 1)


def test_texts_of_people_and_models_are_inert(member_client: Client, chatbot: Chatbot) -> None:
    evil = '<img src=x onerror="alert(1)"><script>alert(1)</script>'
    citation = {**CITATION, "title": evil, "url": "javascript:alert(1)", "quote": evil, "place": evil}
    contact = factories.make_contact(chatbot.customer, name=evil)
    fields = {"citations": [citation], "retrieved": [READ]}
    answer = f"{evil} ![x](http://evil.example/x.png)[1]"
    page_url = "javascript:alert(1)"
    talk = make_talk(chatbot, evil, answer, contact=contact, page_url=page_url, answer_fields=fields)
    page = member_client.get(thread_of(talk)).content.decode()
    assert "<img" not in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page


@pytest.mark.parametrize("name", ["thread", "messages", "row"])
def test_stranger_gets_404(stranger_client: Client, chatbot: Chatbot, name: str) -> None:
    talk = make_talk(chatbot, "Secret")
    assert stranger_client.get(action_of(talk, name)).status_code == 404


@pytest.mark.parametrize("name", ["reply", "take_over", "hand_back", "close", "archive", "reopen"])
def test_stranger_changes_nothing(stranger_client: Client, chatbot: Chatbot, name: str) -> None:
    talk = make_talk(chatbot, "Secret")
    before = Conversation.objects.values().get(pk=talk.pk)
    assert stranger_client.post(action_of(talk, name), {"text": "x"}).status_code == 404
    assert Conversation.objects.values().get(pk=talk.pk) == before


def test_nested_message_of_another_conversation_is_404(member_client: Client, chatbot: Chatbot) -> None:
    mine, other = make_talk(chatbot, "A", "B"), make_talk(chatbot, "C", "D")
    foreign = other.messages.get(author_kind=AuthorKind.BOT).public_id
    assert (
        member_client.get(reverse("conversations:passages", args=(mine.public_id, foreign))).status_code
        == 404
    )


def test_reply_silences_the_bot_and_works_without_htmx(
    member_client: Client, owner: User, chatbot: Chatbot
) -> None:
    talk = make_talk(chatbot, "Hello")
    answer = member_client.post(action_of(talk, "reply"), {"text": "I am here.", "client_id": "c1"})
    assert answer.headers["Location"] == thread_of(talk)
    talk.refresh_from_db()
    assert (talk.answering, talk.assignee) == (Answering.PERSON, owner)
    page = member_client.get(thread_of(talk)).content.decode()
    assert "I am here." in page
    assert "data-lease=" in page


def test_reply_twice_with_one_client_id_is_one_message(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello")
    for _ in range(2):
        member_client.post(action_of(talk, "reply"), {"text": "Once", "client_id": "same"})
    assert talk.messages.filter(author_kind=AuthorKind.AGENT).count() == 1


def test_htmx_reply_appends_and_brings_a_fresh_composer(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello")
    values = {"text": "Done", "client_id": "c1", "revision": "1", "sequence": "1"}
    page = member_client.post(action_of(talk, "reply"), values, headers=HTMX).content.decode()
    assert page.count('class="turn"') == 1
    assert 'id="composer"' in page
    assert ">Done</textarea>" not in page
    assert 'name="sequence" value="2"' in page


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_refused_reply_keeps_its_words(member_client: Client, chatbot: Chatbot, text: str) -> None:
    talk = make_talk(chatbot, "Hello")
    answer = member_client.post(action_of(talk, "reply"), {"text": text}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#composer"
    assert 'role="alert"' in answer.content.decode()
    assert talk.messages.count() == 1


def test_archived_conversation_takes_no_reply(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello", status=ConversationStatus.ARCHIVED)
    assert member_client.post(action_of(talk, "reply"), {"text": "Hi"}, headers=HTMX).status_code == 422
    assert talk.messages.count() == 1


def test_take_over_and_hand_back(member_client: Client, owner: User, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello")
    page = member_client.post(action_of(talk, "take_over"), {"revision": "1", "sequence": "1"}, headers=HTMX)
    assert "You have taken over." in page.content.decode()
    member_client.post(action_of(talk, "hand_back"))
    talk.refresh_from_db()
    assert talk.answering == Answering.BOT


def test_lease_of_somebody_else_names_them(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello")
    handover.take_over(talk, factories.make_member(chatbot.customer, factories.make_user(name="João")).user)
    assert "João answers." in member_client.get(thread_of(talk)).content.decode()


@pytest.mark.parametrize(
    ("name", "status", "undo"), [("close", "CLOSED", "reopen"), ("archive", "ARCHIVED", "reopen")]
)
def test_move_offers_undo(member_client: Client, chatbot: Chatbot, name: str, status: str, undo: str) -> None:
    talk = make_talk(chatbot, "Hello")
    page = member_client.post(action_of(talk, name), follow=True).content.decode()
    talk.refresh_from_db()
    assert talk.status == status
    assert f'action="{action_of(talk, undo)}"' in page
    member_client.post(action_of(talk, undo))
    talk.refresh_from_db()
    assert talk.status == ConversationStatus.ACTIVE


def test_updates_replace_what_changed_and_append_what_is_new(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello")
    answer = say(talk, 2, AuthorKind.BOT, "", state=MessageState.RUNNING)
    Conversation.objects.filter(pk=talk.pk).update(last_sequence=2, last_revision=2)
    address = action_of(talk, "messages")
    page = member_client.get(address, {"revision": 1, "sequence": 1}).content.decode()
    assert f'data-stream="{answer.public_id}"' in page
    assert f'id="turn-{answer.public_id}" hx-swap-oob' not in page
    talk.messages.filter(pk=answer.pk).update(content="Hi there", state=MessageState.COMPLETE, revision=3)
    Conversation.objects.filter(pk=talk.pk).update(last_revision=3)
    page = member_client.get(address, {"revision": 2, "sequence": 2}).content.decode()
    assert f'id="turn-{answer.public_id}" hx-swap-oob="true"' in page
    assert "Hi there" in page
    assert member_client.get(address, {"revision": 3, "sequence": 2}).status_code == 204


def test_cursor_covers_what_came_between_the_two_reads(chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello")
    say(talk, 2, AuthorKind.BOT, "Came while the page was made", revision=4)
    changed = thread.changed_since(talk, 1)
    assert [sequence for sequence, _ in changed] == [2]
    assert (talk.last_sequence, talk.last_revision) == (2, 4)


def test_long_thread_comes_in_pages(member_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "number 1 of many")
    for sequence in range(2, 131):
        say(talk, sequence, AuthorKind.VISITOR, f"number {sequence} of many")
    page = member_client.get(thread_of(talk)).content.decode()
    assert "number 130 of many" in page
    assert "<p>number 30 of many</p>" not in page
    assert "?before=31" in page
    earlier = member_client.get(
        thread_of(talk), {"before": 31}, headers={**HTMX, "HX-Target": "earlier"}
    ).content.decode()
    assert earlier.count("<article") == 30
    assert "?before=" not in earlier


def test_passages_say_why(member_client: Client, chatbot: Chatbot) -> None:
    unused = {**READ, "chunk": "psg_2", "title": "Warranty", "score": 0.41, "quote": "Damage in transit"}
    fields = {"citations": [CITATION], "retrieved": [READ, unused]}
    talk = make_talk(chatbot, "May I fly?", "No.[1]", answer_fields=fields)
    answer = talk.messages.get(author_kind=AuthorKind.BOT)
    address = reverse("conversations:passages", args=(talk.public_id, answer.public_id))
    page = member_client.get(address, headers=HTMX).content.decode()
    assert "0.84" in page
    assert "2 passages, 1 used" in page
    assert "Damage in transit" in page


def test_contact_pane_knows_earlier_conversations(member_client: Client, chatbot: Chatbot) -> None:
    contact = factories.make_contact(chatbot.customer, name="Katharina", email="kb@example.org")
    earlier = make_talk(chatbot, "Weeks ago", contact=contact, created_at=days_ago(20))
    talk = make_talk(chatbot, "Now", contact=contact, page_url="https://lantern.example/city/battery")
    page = member_client.get(thread_of(talk)).content.decode()
    assert "kb@example.org" in page
    assert ">/city/battery<" in page.replace("<bdi>", "").replace("</bdi>", "")
    assert f'href="{thread_of(earlier)}"' in page


def test_statements_are_few_and_fixed(
    member_client: Client, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six of them are the shell's: session, user, membership, customers, unread count and usage."""
    monkeypatch.setattr(entitlements, "CACHE_SECONDS", 600)
    fields = {"citations": [CITATION], "retrieved": [READ]}
    talks = [
        make_talk(chatbot, f"Question {number}", "Answer[1]", answer_fields=fields) for number in range(8)
    ]
    member_client.get(LIST)
    with statements(9):
        member_client.get(LIST)
    with statements(12):
        member_client.get(thread_of(talks[0]))
    with statements(5):
        member_client.get(action_of(talks[0], "messages"), {"revision": 0, "sequence": 0})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[1] known, [2] not", 'href="#m-source-1"'),
        ("`[1]`", "<code>[1]</code>"),
        ("[1](https://a.example)", 'href="https://a.example"'),
        ("# Big", "<p><strong>Big</strong></p>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](/operator/)", "<p>x</p>"),
    ],
)
def test_markdown_of_answers(text: str, html: str) -> None:
    assert html in render_answer(text, {1}, "m")


def test_markdown_keeps_no_pictures_and_no_raw_html() -> None:
    html = render_answer("![x](https://evil.example/p.png) <b onclick=x>y</b> <https://a.example>", (), "m")
    assert "<img" not in html
    assert "<b" not in html.replace("&lt;b", "")
    assert 'rel="noopener noreferrer nofollow"' in html

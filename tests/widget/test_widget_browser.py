"""The widget in a real browser, on a page of another origin with a strict policy."""

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import OpenPage
from tests.widget.fake_server import Answer, FakeServer
from tests.widget.scenes import FERRY, FERRY_ANSWER, SOURCES, ask, open_chat

pytestmark = pytest.mark.browser


def test_first_open_question_answer_sources_feedback(server: FakeServer, visit: OpenPage) -> None:
    server.answers[FERRY] = FERRY_ANSWER
    page = visit()
    page.get_by_role("button", name="Open chat").wait_for()
    assert not any("app.js" in path for path in server.requests)
    open_chat(page)
    expect(page.get_by_role("textbox")).to_be_focused()
    page.get_by_role("button", name=FERRY).click()
    expect(page.locator(".you")).to_have_text(f"You: {FERRY}")
    expect(page.locator(".prose strong")).to_have_text("rail")
    page.locator(".notes").get_by_role("button", name="Taking your bike").click()
    expect(page.get_by_role("heading", name="Taking your bike on the ferry")).to_be_visible()
    expect(page.locator("mark")).to_have_text(SOURCES[0]["quote"])
    whole = page.get_by_role("link", name="Open the whole page")
    expect(whole).to_have_attribute("rel", "noopener noreferrer nofollow")
    page.get_by_role("button", name="Next source").click()
    expect(page.get_by_role("heading", name="What comes with your hire")).to_be_visible()
    expect(whole).to_have_count(0)
    page.get_by_role("button", name="Back to the conversation").click()
    page.get_by_role("button", name="This helped").click()
    expect(page.get_by_role("button", name="This helped")).to_have_attribute("aria-pressed", "true")
    server.call(server.heard("feedback"))
    assert [frame["value"] for frame in server.frames("feedback")] == [1]
    assert server.sessions[0]["visitor_key"] is None
    assert server.sessions[0]["page"]["title"] == "Harbour Bikes"


def test_citation_number_opens_its_source_and_unknown_numbers_stay_text(
    server: FakeServer, visit: OpenPage
) -> None:
    server.fallback = Answer("Free of charge [2], see section [7].", SOURCES)
    page = visit()
    open_chat(page)
    ask(page, "Hello")
    expect(page.locator(".notes")).to_be_visible()
    expect(page.locator(".prose").last).to_contain_text("see section [7].")
    page.locator(".cite").click()
    expect(page.get_by_role("heading", name="Source 2 of 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".cite")).to_be_focused()


def test_searching_stop_and_partial_answer(server: FakeServer, visit: OpenPage) -> None:
    server.fallback = Answer("One two three four five six seven eight.", hold_after=3)
    page = visit()
    open_chat(page)
    ask(page, "Count")
    expect(page.locator(".live")).to_contain_text("One two three")
    page.get_by_role("button", name="Stop the answer").click()
    expect(page.get_by_text("Stopped")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert len(server.frames("stop")) == 1


def test_phase_is_told_in_words(server: FakeServer, visit: OpenPage) -> None:
    server.fallback = Answer("Done.", hold_before=True)
    page = visit()
    open_chat(page)
    ask(page, "Where?")
    expect(page.get_by_text("Looking through our pages")).to_be_visible()
    server.call(server.release())
    expect(page.locator(".prose").last).to_have_text("Done.")
    expect(page.locator(".wait")).to_be_hidden()


def test_refused_send_says_why_and_is_tried_again_with_the_same_id(
    server: FakeServer, visit: OpenPage
) -> None:
    server.refuse_sends = [
        {"code": "rate_limited", "message": "Too many messages. Wait a moment.", "retry_after": 2}
    ]
    page = visit()
    open_chat(page)
    ask(page, "Hello")
    expect(page.get_by_text("Not sent. Too many messages. Wait a moment.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("I only know what is written.")).to_be_visible()
    expect(page.get_by_text("Not sent.")).to_have_count(0)
    expect(page.locator(".you")).to_have_count(1)
    assert len({frame["client_id"] for frame in server.frames("send")}) == 1
    assert len(server.frames("send")) == 2


def test_lost_acknowledgement_doubles_nothing(server: FakeServer, visit: OpenPage) -> None:
    server.drop_sends = 1
    page = visit()
    open_chat(page)
    ask(page, "Hello")
    expect(page.get_by_text("I only know what is written.")).to_be_visible()
    expect(page.locator(".you")).to_have_count(1)
    expect(page.locator(".bot")).to_have_count(1)
    assert [row["text"] for row in server.rows if row["role"] == "USER"] == ["Hello"]


def test_reconnect_in_mid_answer_loses_and_doubles_nothing(server: FakeServer, visit: OpenPage) -> None:
    words = "".join(f"Sentence number {number} of the answer. " for number in range(30)).strip()
    server.fallback = Answer(words, piece=9, cut_after=(1, 20, 60))
    page = visit()
    open_chat(page)
    ask(page, "Tell me all")
    expect(page.locator(".acts")).to_be_visible(timeout=15_000)
    assert page.locator(".prose p").last.inner_text() == words
    expect(page.locator(".bot")).to_have_count(1)
    assert len(server.frames("hello")) >= 2
    assert server.frames("hello")[-1]["cursor"]["sequence"] >= 1


def test_a_missing_piece_is_fetched_by_coming_back(server: FakeServer, visit: OpenPage) -> None:
    page = visit()
    open_chat(page)
    ask(page, "Hello")
    expect(page.locator(".acts")).to_be_visible()
    row = server.add(author="bot", state="running")
    server.running = row
    server.call(server.tell({"type": "message", "message": row}))
    row["text"] = "Nothing is missing."
    server.call(server.tell({"type": "delta", "message": row["id"], "offset": 8, "text": "is missing."}))
    expect(page.locator(".prose").last).to_have_text("Nothing is missing.")


def test_history_comes_back_in_order(server: FakeServer, visit: OpenPage) -> None:
    server.add(role="USER", author="visitor", text="First")
    server.add(text="Second", citations=SOURCES)
    page = visit()
    open_chat(page)
    expect(page.locator(".you")).to_have_text("You: First")
    expect(page.locator(".prose")).to_have_count(1)
    assert page.locator(".log").inner_text().index("First") < page.locator(".log").inner_text().index(
        "Second"
    )


def test_refusal_offers_a_person(server: FakeServer, visit: OpenPage) -> None:
    server.fallback = Answer("I found nothing about scooters on our pages.", refused=True)
    page = visit()
    open_chat(page)
    ask(page, "Do you repair scooters?")
    page.locator(".log").get_by_role("button", name="Talk to a person").click()
    expect(page.get_by_text("We are getting somebody")).to_be_visible()
    expect(page.get_by_text("Answers are automatic")).to_be_hidden()
    server.call(server.hand_over("Mara", "Hello, see https://harbour.example/repair."))
    expect(page.get_by_role("heading", name="Mara")).to_be_visible()
    expect(page.get_by_text("Mara joined")).to_be_visible()
    expect(page.get_by_text("We are getting somebody")).to_be_hidden()
    link = page.get_by_role("link", name="https://harbour.example/repair")
    expect(link).to_have_attribute("href", "https://harbour.example/repair")


def test_offline_says_so_keeps_what_is_written_and_sends_it_later(
    server: FakeServer, visit: OpenPage
) -> None:
    page = visit()
    open_chat(page)
    expect(page.get_by_role("button", name=FERRY)).to_be_visible()
    server.call(server.heard("hello"))
    server.refuse_sockets = True
    server.call(server.cut())
    expect(page.get_by_text("No connection. What you write is kept.")).to_be_visible()
    ask(page, "Still there?")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    server.refuse_sockets = False
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("I only know what is written.")).to_be_visible()
    expect(page.get_by_text("No connection.")).to_have_count(0)
    assert len([row for row in server.rows if row["role"] == "USER"]) == 1


def test_keyboard_only(server: FakeServer, visit: OpenPage) -> None:
    server.answers[FERRY] = FERRY_ANSWER
    page = visit()
    page.get_by_role("button", name="Open chat").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(FERRY)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="This helped")).to_be_visible()
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Talk to a person")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitemradio", name="Dark")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.locator(".cw").evaluate("e => getComputedStyle(e).colorScheme") == "dark"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open chat")).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_focus_stays_in_the_full_sheet_of_a_phone(server: FakeServer, visit: OpenPage) -> None:
    server.answers[FERRY] = FERRY_ANSWER
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    open_chat(page)
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.get_by_role("button", name=FERRY).click()
    expect(page.get_by_role("button", name="This helped")).to_be_visible()
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "chat-widget"


HOSTILE = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "![pixel](https://evil.example/p.png)",
    "[press](javascript:window.pwned=1) [press](java\tscript:alert(1)) [press](data:text/html,<script>1</script>)",
    "<svg/onload=window.pwned=1><iframe src=https://evil.example></iframe>",
    '[a](https://evil.example/"onmouseover="window.pwned=1)',
    "```html\n<style>@import 'https://evil.example/a.css'</style>\n```",
    "| <b>x</b> | ![p](https://evil.example/q.png) |\n|---|---|\n| <object data=https://evil.example> | y |",
    "<https://evil.example/x> &lt;img src=x onerror=alert(1)&gt; `<img src=x>` **<u>bold</u>**",
]


def test_hostile_text_runs_nothing_and_asks_nobody(server: FakeServer, visit: OpenPage) -> None:
    server.fallback = Answer(
        "\n\n".join(HOSTILE), [SOURCES[0] | {"title": HOSTILE[1], "url": "javascript:alert(1)"}]
    )
    server.widget["greeting"] = HOSTILE[1]
    page = visit()
    open_chat(page)
    ask(page, HOSTILE[1])
    expect(page.locator(".notes")).to_be_visible()
    page.locator(".notes button").click()
    expect(page.locator(".read")).to_be_visible()
    assert (
        page.locator("script, img, iframe, svg [onload], object, style, link").evaluate_all(
            "all => all.filter(e => e.getRootNode() !== document).length"
        )
        == 0
    )
    assert page.evaluate("window.pwned") is None
    protocols = page.locator(".panel a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(protocols) <= {"https:"}


MARKDOWN = Answer(
    "# Opening\n\nWe open at **8:00** and *close* at `18:00`.\nSee [the page](https://harbour.example/hours).\n\n"
    "1. First\n2. Second\n   - inner\n   - other\n3. Third\n\n> Quoted\n\n---\n\n"
    "| Bike | Day |\n|---|---|\n| City | 14 |\n\n```\nlock --all\n```\n"
)


@pytest.mark.parametrize("piece", [1, 3, 400])
def test_markdown_is_the_same_however_it_is_cut(server: FakeServer, visit: OpenPage, piece: int) -> None:
    server.fallback = Answer(MARKDOWN.text, piece=piece)
    page = visit()
    open_chat(page)
    ask(page, "All of it")
    expect(page.locator(".acts")).to_be_visible()
    prose = page.locator(".bot .prose")
    assert prose.evaluate("e => [...e.children].map(c => c.localName)") == [
        *("p", "p", "ol", "blockquote", "hr", "div", "pre"),
    ]
    assert prose.locator("ol > li").count() == 3
    assert prose.locator("ol ul > li").count() == 2
    assert prose.locator("th").all_inner_texts() == ["Bike", "Day"]
    assert prose.locator("p strong").all_inner_texts() == ["Opening", "8:00"]
    assert prose.locator("pre code").inner_text().strip() == "lock --all"
    assert page.locator(".live").count() == 0


def test_blocked_storage_costs_nothing_but_memory(server: FakeServer, visit: OpenPage) -> None:
    page = visit()
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new DOMException('blocked', 'SecurityError') }})"
    )
    page.reload()
    open_chat(page)
    ask(page, "Hello")
    expect(page.get_by_text("I only know what is written.")).to_be_visible()


def test_refused_page_shows_nothing(server: FakeServer, visit: OpenPage) -> None:
    server.launcher_status = 403
    page = visit()
    page.wait_for_load_state("networkidle")
    assert page.locator("chat-widget").count() == 0


def test_teaser_shows_once_a_visit_and_moves_nothing(server: FakeServer, visit: OpenPage) -> None:
    server.launcher |= {"teaser": "Going on the ferry? Ask me.", "title": "Harbour Bikes"}
    page = visit()
    expect(page.get_by_text("Going on the ferry? Ask me.")).to_be_visible()
    shifts = "() => performance.getEntriesByType('layout-shift').reduce((sum, e) => sum + e.value, 0)"
    assert page.evaluate(shifts) == 0
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("button", name="Open chat")).to_be_focused()
    page.reload()
    page.get_by_role("button", name="Open chat").wait_for()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Going on the ferry? Ask me.")).to_have_count(0)


def test_page_can_open_close_and_toggle(server: FakeServer, visit: OpenPage) -> None:
    page = visit()
    page.evaluate("chatWidget.open()")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate("chatWidget.close()")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.evaluate("chatWidget.push(['toggle'])")
    expect(page.get_by_role("dialog")).to_be_visible()

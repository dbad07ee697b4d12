"""Every form, query and address of the product takes what strangers send: stored or refused in words, never a crash."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, product, zip_longest
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from django.contrib.messages import ERROR, get_messages
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.models import Customer
from tests.fixtures.hostile_texts import BREAKING, HOSTILE_TEXTS, NAUGHTY, TEMPLATES
from tests.routes import Route, all_routes, is_operators
from tests.security.inputs import FORMS, JSON, PAGES, PRESSES, QUERIES, Form
from tests.world import World, make_world

FORM_TYPE = "application/x-www-form-urlencoded"
SCRIPTS = HOSTILE_TEXTS[: -len(NAUGHTY) - len(TEMPLATES)]
TEXTS = [*NAUGHTY, *TEMPLATES, *SCRIPTS[::18]]
# Those that a parser may take for a value of its own.
SHARP = [
    "\x00",
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "²",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "💥" * 300,
    *BREAKING[19:23],
]
PLACE = "PLACE"
ROUTES = {route.name: route for route in all_routes()}
# What the search languages of both databases could read as more than words.
OPERATORS = [
    "+a -b", "\"a b", "a* OR b*", "NEAR(a b, 2)", "a AND", "NOT", "{title content}: a", "^a", "(a", "a)", "@8",
    "a <b >c ~d", "col:a", "%_%", "\\", "' OR '1'='1", "*", "+", "\"\"", "-", "a\x00b", "ß ﷽ ①", "OR OR OR",
]  # fmt: skip
# Written as they stand in an address.
ADDRESS_WORDS = (
    "%00",
    "%ED%A0%80",
    "%FF",
    "..%2F..%2Fetc",
    "'--",
    "%F0%9F%92%A5",
    "9" * 400,
    "a" * 3_000,
    "{{7*7}}",
)


@pytest.fixture
def world(customer: Customer) -> World:
    cache.clear()
    return make_world(customer)


@pytest.fixture
def browser_tab(member_client: Client) -> Client:
    member_client.raise_request_exception = False
    return member_client


def encoded(values: Mapping[str, str | Sequence[str]]) -> str:
    """A form as a browser sends it, and with the three bytes of a lone surrogate where there is one."""
    return urlencode(values, doseq=True, errors="surrogatepass", encoding="utf-8", quote_via=quote_plus)


@contextmanager
def posted(client: Client, address: str, values: Mapping[str, str | Sequence[str]]) -> Iterator[Any]:
    """The answer to one post, whose writes are taken back so that no post meets what another one left."""
    with transaction.atomic():
        answer = client.post(address, encoded(values), content_type=FORM_TYPE)
        assert answer.status_code < 500, f"{address} {shortened(values)}: {why(answer)}"
        yield answer
        transaction.set_rollback(True)


def get(client: Client, address: str, **headers: str) -> Any:
    answer = client.get(address, headers=headers)
    assert answer.status_code < 500, f"{ascii(address)[:200]}: {why(answer)}"
    return answer


def why(answer: Any) -> str:
    return repr(answer.exc_info[1]) if getattr(answer, "exc_info", None) else str(answer.status_code)


def shortened(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: ascii(value)[:120] for name, value in values.items()}


def is_refused(answer: Any) -> bool:
    """Was the person told that nothing was stored: by a status, beside a field, or in a message?"""
    said = [message.level for message in get_messages(answer.wsgi_request)]
    return answer.status_code >= 400 or ERROR in said or b"errorlist" in answer.content


def packed(room: int) -> list[str]:
    """All texts, as many in each piece as the field takes; the longest are cut to it."""
    pieces = [""]
    for text in TEXTS:
        joined = f"{pieces[-1]} {text}".strip(" ")
        pieces[-1:] = [joined] if len(joined) <= room else [pieces[-1], text[:room]]
    return [piece for piece in pieces if piece.strip()]


def form_values(form: Form, world: World) -> dict[str, str]:
    """What a person who fills in the form with care would send."""
    texts = dict.fromkeys(form.texts, "Words")
    return {**texts, **form.rest, **({"bot": world.chatbot.public_id} if "bot" in form.rest else {})}


def address_of(form: Form, world: World) -> str:
    route = ROUTES[form.route]
    address = route.address(dict.fromkeys(route.objects, world))
    return address.replace("/add/text/", f"/add/{form.parameters['source']}/") if form.parameters else address


def plain(value: object) -> str:
    """A text as it compares: blanks as one, letters in one form, and nothing that cannot be seen."""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    seen = "".join(
        letter for letter in text if letter.isspace() or not unicodedata.category(letter).startswith("C")
    )
    return " ".join(unicodedata.normalize("NFKC", seen).split())


def named(forms: list[Form]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("form", forms, ids=lambda form: form.name)


def test_every_route_is_in_a_table() -> None:
    known = {form.route for form in FORMS} | set(QUERIES) | PRESSES | PAGES | JSON
    routes = {route.name for route in all_routes() if not is_operators(route)}
    assert routes - known == set(), "say in tests/security/inputs.py what these routes read"
    assert known - routes == set()


@named([form for form in FORMS if form.kept])
def test_a_free_text_is_kept_as_it_was_written(form: Form, world: World, browser_tab: Client) -> None:
    address, values = address_of(form, world), form_values(form, world)
    pieces = {name: packed(room) for name, room in form.texts.items()}
    for texts in zip_longest(*pieces.values(), fillvalue="Words"):
        sent = dict(zip(pieces, texts, strict=True))
        with posted(browser_tab, address, values | sent) as answer:
            assert not is_refused(answer), shortened(sent)
            assert form.kept is not None
            kept = form.kept(world)
            for name, text in sent.items():
                assert plain(kept[name]) == plain(text), f"{name}: {ascii(text)[:200]}"


@named(FORMS)
def test_no_value_of_any_field_breaks_a_form(form: Form, world: World, browser_tab: Client) -> None:
    """Half of the values (the next form gets the others) in all fields at once, the sharp ones alone in turn."""
    address, values = address_of(form, world), form_values(form, world)
    for hostile in BREAKING[FORMS.index(form) % 2 :: 2]:
        with posted(browser_tab, address, dict.fromkeys(values, hostile)):
            pass
    for name, hostile in zip(cycle(form.rest or values), SHARP, strict=False):
        with posted(browser_tab, address, values | {name: hostile}):
            pass
    with posted(browser_tab, address, {name: [value, "two", "\x00"] for name, value in values.items()}):
        pass
    with posted(browser_tab, address, {}):
        pass


@named([form for form in FORMS if form.kept])
def test_nul_is_refused_or_left_out(form: Form, world: World, browser_tab: Client) -> None:
    address, values = address_of(form, world), form_values(form, world)
    for name in form.texts:
        with posted(browser_tab, address, values | {name: "a\x00b"}) as answer:
            assert form.kept is not None
            assert is_refused(answer) or plain(form.kept(world)[name]) == "ab"


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_breaks_a_page(name: str, world: World, browser_tab: Client) -> None:
    address = ROUTES[name].address(dict.fromkeys(ROUTES[name].objects, world))
    for hostile in BREAKING[::2]:
        get(browser_tab, f"{address}?{encoded(dict.fromkeys(QUERIES[name], hostile))}")
    for parameter, hostile in product(QUERIES[name], SHARP):
        get(browser_tab, f"{address}?{encoded({parameter: hostile})}")
    everything = dict.fromkeys(QUERIES[name], "\x00'\"<svg onload=pwned()>")
    for headers in ({}, {"hx-request": "true"}, {"hx-request": "true", "hx-target": "threads"}):
        get(browser_tab, f"{address}?{encoded(everything)}", **headers)


@pytest.mark.parametrize("place", ["knowledge:list", "knowledge:try", "conversations:list"])
def test_no_word_is_an_operator_of_a_search(place: str, world: World, browser_tab: Client) -> None:
    address = ROUTES[place].address({})
    pieces = [*OPERATORS, *NAUGHTY[:13], " ".join(OPERATORS), *packed(1_000)]
    for text in pieces:
        get(browser_tab, f"{address}?{encoded({'q': text, 'queue': 'all'})}")


def addresses_of(route: Route, world: World) -> Iterator[str]:
    """The route's address with each of its parameters in turn taken from a stranger's keyboard."""
    words = (
        "%00",
        "%ED%A0%80",
        "%FF",
        "..%2F..%2Fetc",
        "'--",
        "%F0%9F%92%A5",
        "1%20OR%201=1",
        "9" * 400,
        "a" * 3_000,
        "{{7*7}}",
    )
    for hostile, name in product(words, route.parameters):
        address = route.address(dict.fromkeys(route.objects, world))
        value = route._value(name, {name: world})
        yield address.replace(quote(value), hostile, 1)


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES.values() if route.parameters and not is_operators(route)],
    ids=lambda r: r.name,
)
def test_no_address_breaks_a_page(route: Route, world: World, browser_tab: Client) -> None:
    for address in addresses_of(route, world):
        get(browser_tab, address)
        with posted(browser_tab, address, {"x": "1"}):
            pass

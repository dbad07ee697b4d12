"""One parametrised walk over every route as a stranger, as nobody, and as a viewer.

Whatever an address, a query or a form names of another customer is not there, and nothing of it changes.
"""

from itertools import product

import pytest
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import Customer, MemberRole
from accounts.permissions import VIEWER_ACTIONS
from tests import factories
from tests.routes import (
    OBJECTS,
    PUBLIC,
    VALUES,
    Route,
    all_routes,
    dashboard_routes,
    is_dashboard,
    is_operators,
    is_personal,
)
from tests.world import World, make_world, rows_of

NOT_THERE = {404, 405}
# Texts that a form may ask for, so that nothing but a foreign id keeps it from being valid.
TEXTS = {
    "title": "A title",
    "content": "Some words",
    "questions": "A question",
    "answer": "An answer",
    "text": "Hello",
    "question": "Hello",
    "name": "A name",
    "url": "https://example.com/",
    "email": "somebody@example.com",
    "role": "VIEWER",
    "note": "A note",
    "client_id": "6a1f0a4e-0000-4000-8000-000000000000",
}


@pytest.fixture
def victim(customer: Customer) -> World:
    return make_world(customer)


@pytest.fixture
def attacker(other_customer: Customer) -> World:
    return make_world(other_customer)


def named(routes: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=lambda route: route.name)


def test_every_route_is_known() -> None:
    for route in all_routes():
        unknown = [
            name
            for name in route.parameters
            if name not in OBJECTS and name not in VALUES and f"{route.name}:{name}" not in VALUES
        ]
        if is_operators(route):
            continue
        assert not unknown, f"{route.name}: say in tests/routes.py what stands for {unknown}"
        known = route.name in PUBLIC or is_personal(route) or is_dashboard(route)
        assert known, f"{route.name} ({route.pattern}): say in tests/routes.py who may open it"


def test_the_tables_name_no_route_that_is_gone() -> None:
    names = {route.name for route in all_routes()}
    assert set(PUBLIC) <= names


@named([route for route in dashboard_routes() if route.objects])
def test_an_object_of_another_customer_is_not_there(
    route: Route, victim: World, attacker: World, stranger_client: Client
) -> None:
    before = rows_of(victim.customer)
    for chosen in product((victim, attacker), repeat=len(route.objects)):
        if victim not in chosen:
            continue
        address = route.address(dict(zip(route.objects, chosen, strict=True)))
        answers = [stranger_client.get(address), stranger_client.post(address, TEXTS)]
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) <= NOT_THERE, f"{address}: {statuses}"
        assert 404 in statuses
        assert not any(shows(answer, victim) for answer in answers)
    assert rows_of(victim.customer) == before


@named(dashboard_routes())
def test_foreign_ids_in_queries_and_forms_reach_nothing(
    route: Route, victim: World, attacker: World, stranger_client: Client
) -> None:
    before = rows_of(victim.customer)
    foreign = {name: named_id(victim) for name, named_id in OBJECTS.items()} | {
        "knowledge_base": victim.item.knowledge_base.public_id
    }
    address = route.address(dict.fromkeys(route.objects, attacker))
    for answer in (
        stranger_client.get(address, foreign),
        stranger_client.post(address, TEXTS | foreign),
        stranger_client.get(address, foreign, headers={"hx-request": "true"}),
    ):
        assert answer.status_code < 500
        assert not shows(answer, victim), f"{address} shows something of another customer"
    assert rows_of(victim.customer) == before


@named(dashboard_routes())
def test_nobody_is_asked_to_sign_in(route: Route, victim: World, client: Client) -> None:
    before = rows_of(victim.customer)
    address = route.address(dict.fromkeys(route.objects, victim))
    answers = [client.get(address), client.post(address, TEXTS)]
    sent = [answer["Location"] for answer in answers if answer.status_code != 405]
    assert sent, "neither GET nor POST"
    assert all(location.startswith("/accounts/login/") for location in sent)
    assert rows_of(victim.customer) == before


@named([route for route in dashboard_routes() if route.required_action not in VIEWER_ACTIONS])
def test_a_viewer_changes_nothing(route: Route, victim: World) -> None:
    viewer = Client()
    viewer.force_login(factories.make_member(victim.customer, role=MemberRole.VIEWER).user)
    before = rows_of(victim.customer)
    address = route.address(dict.fromkeys(route.objects, victim))
    statuses = {viewer.get(address).status_code, viewer.post(address, TEXTS).status_code}
    assert 403 in statuses
    assert statuses <= {403, 405}
    assert rows_of(victim.customer) == before


@named([route for route in all_routes() if route.name in PUBLIC])
def test_public_routes_show_nothing_of_a_customer(route: Route, victim: World, client: Client) -> None:
    before = rows_of(victim.customer)
    address = route.address(dict.fromkeys(route.objects, victim))
    for answer in (client.get(address), client.post(address, "{}", content_type="application/json")):
        assert answer.status_code < 500 or route.name == "readyz"
        assert not shows(answer, victim)
    assert rows_of(victim.customer) == before


@named([route for route in all_routes() if is_personal(route)])
def test_personal_routes_show_nothing_of_a_customer(
    route: Route, victim: World, attacker: World, stranger_client: Client
) -> None:
    before = rows_of(victim.customer)
    address = route.address(dict.fromkeys(route.objects, victim))
    for answer in (
        stranger_client.get(address),
        stranger_client.post(address, TEXTS | {"customer": victim.customer.public_id}),
    ):
        assert answer.status_code < 500
        assert not shows(answer, victim)
    assert rows_of(victim.customer) == before


@named([route for route in all_routes() if is_operators(route) and not route.parameters])
def test_members_are_no_operators(route: Route, stranger_client: Client) -> None:
    answer = stranger_client.get(route.address({}))
    assert answer.status_code in {302, 404} or route.name in {"admin:login", "admin:jsi18n"}


def shows(answer: HttpResponseBase, victim: World) -> bool:
    """Is anything of the customer in the answer, be it a page or a file?"""
    body = answer.content if hasattr(answer, "content") else b"".join(answer)  # type: ignore[call-overload]
    told = body.decode(errors="replace") + "".join(f"{name}: {value}" for name, value in answer.items())
    return victim.canary in told

"""The permission table, the checks of every page, and the document say the same."""

from itertools import pairwise

import pytest
from django.db import transaction
from django.test import Client

from accounts import permission_document
from accounts.models import Customer, MemberRole
from accounts.permissions import Action, allows
from tests import factories
from tests.routes import Route, dashboard_routes
from tests.world import make_world

ROUTES = dashboard_routes()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_dashboard_route_names_its_action(route: Route) -> None:
    assert route.required_action in set(Action), f"{route.name}: wrap the view in member_view(Action.…)"


@pytest.mark.parametrize("role", list(MemberRole))
def test_each_role_is_refused_exactly_what_the_table_refuses(customer: Customer, role: MemberRole) -> None:
    world = make_world(customer)
    client = Client()
    client.force_login(factories.make_member(customer, role=role).user)
    for route in ROUTES:
        status = try_out(client, route.address(dict.fromkeys(route.objects, world)))
        refused = not allows(role, Action(str(route.required_action)))
        assert (status == 403) == refused, f"{role} at {route.name}: {status}"


def try_out(client: Client, address: str) -> int:
    """The status of a GET, or of a POST where only that is taken; what it did is undone."""
    with transaction.atomic():
        status = client.get(address).status_code
        if status == 405:
            status = client.post(address).status_code
        transaction.set_rollback(True)
    return status


def test_every_role_may_less_than_the_next() -> None:
    order = [MemberRole.VIEWER, MemberRole.AGENT, MemberRole.ADMIN, MemberRole.OWNER]
    for lower, higher in pairwise(order):
        assert {a for a in Action if allows(lower, a)} < {a for a in Action if allows(higher, a)}


def test_the_document_is_current() -> None:
    written = permission_document.path().read_text(encoding="utf-8")
    assert written == permission_document.text(), "Run `manage.py document_permissions`."

"""A person founds a bounded number of workspaces, and none to go on after a suspension."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Customer, User

pytestmark = pytest.mark.django_db


def found(client: Client) -> int:
    client.post(reverse("accounts:welcome"), {"name": "Another"})
    return Customer.objects.count()


def test_so_many_workspaces_a_person(member_client: Client, settings: Any) -> None:
    settings.WORKSPACES_PER_PERSON = 2
    assert [found(member_client), found(member_client)] == [2, 2]


def test_none_beside_a_suspended_one(member_client: Client, customer: Customer, owner: User) -> None:
    Customer.objects.update(suspended_at=timezone.now())
    assert found(member_client) == 1

"""A visitor's token opens one bot on one origin for a short time, and nothing else."""

import pytest
from django.core import signing

from accounts.models import Customer
from chatbots.models import Chatbot
from conversations import visitors
from conversations.exceptions import VisitorRefusedError
from conversations.models import Contact
from tests import factories

pytestmark = pytest.mark.django_db
ORIGIN = "https://shop.example.com"


def test_a_token_names_its_visitor(chatbot: Chatbot) -> None:
    key = visitors.new_visitor_key()
    visitor = visitors.read_token(visitors.issue_token(chatbot, ORIGIN, key), chatbot, ORIGIN)
    assert visitor.identity == visitors.identity_of(key)
    assert visitors.is_visitor_key(key)


def test_a_token_carries_the_page_only_of_its_own_origin(chatbot: Chatbot) -> None:
    key = visitors.new_visitor_key()
    own, foreign = (
        visitors.issue_token(chatbot, ORIGIN, key, locale="de-DE", page_url=url)
        for url in (f"{ORIGIN}/prices", "https://elsewhere.example.com/prices")
    )
    assert visitors.read_token(own, chatbot, ORIGIN).page_url == f"{ORIGIN}/prices"
    assert visitors.read_token(own, chatbot, ORIGIN).locale == "de-DE"
    assert visitors.read_token(foreign, chatbot, ORIGIN).page_url == ""


def test_a_token_does_not_hold_the_key(chatbot: Chatbot) -> None:
    key = visitors.new_visitor_key()
    assert key not in str(signing.loads(visitors.issue_token(chatbot, ORIGIN, key), salt=visitors.SALT))


def test_refuses_another_origin_another_bot_and_forgeries(chatbot: Chatbot, customer: Customer) -> None:
    token = visitors.issue_token(chatbot, ORIGIN, visitors.new_visitor_key())
    other = factories.make_chatbot(customer)
    for wrong in (
        (token, chatbot, "https://evil.example.com"),
        (token, other, ORIGIN),
        (token[:-1], chatbot, ORIGIN),
        (None, chatbot, ORIGIN),
    ):
        with pytest.raises(VisitorRefusedError):
            visitors.read_token(*wrong)


def test_an_old_token_is_refused(chatbot: Chatbot, settings: pytest.FixtureRequest) -> None:
    token = visitors.issue_token(chatbot, ORIGIN, visitors.new_visitor_key())
    settings.WIDGET_TOKEN_SECONDS = -1  # type: ignore[attr-defined]
    with pytest.raises(VisitorRefusedError):
        visitors.read_token(token, chatbot, ORIGIN)


def test_a_visitor_has_one_contact_a_customer(chatbot: Chatbot, other_customer: Customer) -> None:
    key = visitors.new_visitor_key()
    visitor = visitors.read_token(visitors.issue_token(chatbot, ORIGIN, key), chatbot, ORIGIN)
    first = visitors.contact_for(chatbot, visitor)
    assert visitors.contact_for(chatbot, visitor).pk == first.pk
    foreign = factories.make_chatbot(other_customer)
    assert visitors.find_contact(foreign, visitor) is None
    assert Contact.objects.count() == 1

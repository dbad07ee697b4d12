"""The small pieces every page repeats."""

from __future__ import annotations

from django import forms
from django.template.loader import render_to_string

from config.templatetags import look


def test_icon_is_hidden_from_screen_readers() -> None:
    drawn = look.icon("inbox", "sm", flip=True)
    assert drawn.startswith('<svg class="icon icon--sm icon--flip" aria-hidden="true">')
    assert drawn.endswith('img/icons.svg#i-inbox"/></svg>')


def test_icon_name_cannot_break_out() -> None:
    assert "<script" not in look.icon('x"/><script>')


def test_initials_are_two_letters_at_most() -> None:
    assert look.initials("Mira Okafor") == "MO"
    assert look.initials("mira@example.com") == "ME"
    assert look.initials("يوسف") == "ي"
    assert look.initials("") == "?"


def test_share_of_a_limit_stays_between_nothing_and_all() -> None:
    assert look.share(8412, 10_000) == "84.1%"
    assert look.share(12, 10) == "100.0%"
    assert look.share(5, None) == "0%"
    assert look.share(-5, 10) == "0.0%"


def test_undo_goes_to_this_site_only() -> None:
    assert look.undo_address("undo:/app/knowledge/restore") == "/app/knowledge/restore"
    assert look.undo_address("undo://evil.example.com/x") == ""
    assert look.undo_address("undo:https://evil.example.com/") == ""
    assert look.undo_address(None) == ""


def test_browser_is_named_by_its_own_mark() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert look.browser_name(edge) == "Edge, Windows"
    assert look.browser_name("curl/8.0") == "curl/8.0"


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="Visitors see this.")
    is_on = forms.BooleanField(
        label="On", required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )


def test_field_ties_its_error_to_its_input() -> None:
    drawn = NameForm({"name": ""})["name"].as_field_group()
    assert 'class="input"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_error"' in drawn


def test_switch_is_a_switch() -> None:
    drawn = NameForm()["is_on"].as_field_group()
    assert 'class="switch"' in drawn
    assert 'role="switch"' in drawn


def test_message_text_of_people_stays_text() -> None:
    message = {"id": "1", "kind": "visitor", "author_name": "<b>Eve</b>", "text": "<script>alert(1)</script>"}
    drawn = render_to_string("components/_message.html", {"message": message})
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "<b>Eve" not in drawn

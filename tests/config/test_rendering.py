"""Markdown of the documentation: what becomes HTML, and what never does."""

from __future__ import annotations

import pytest

from config.rendering import render_article, slugify_heading


def test_title_and_lead_stand_apart_from_the_body() -> None:
    article = render_article("# Put it on your site\n\nOne *script* tag.\n\n## Add the tag\n\nCopy it.\n")
    assert article.title == "Put it on your site"
    assert article.lead == "One <em>script</em> tag."
    assert "Put it on your site" not in article.body
    assert [heading.anchor for heading in article.headings] == ["add-the-tag"]
    assert '<h2 id="add-the-tag">Add the tag</h2>' in article.body


def test_equal_headings_get_different_anchors() -> None:
    article = render_article("## Errors\n\n## Errors\n")
    assert [heading.anchor for heading in article.headings] == ["errors", "errors-2"]


@pytest.mark.parametrize(
    ("text", "anchor"),
    [("Say where it may answer", "say-where-it-may-answer"), ("الأسعار", "الأسعار"), ("?!", "section")],
)
def test_anchors_work_in_any_script(text: str, anchor: str) -> None:
    assert slugify_heading(text) == anchor


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "text <img src=x onerror=alert(1)> text",
        "[press](javascript:alert(1))",
        "[press](data:text/html;base64,PHNjcmlwdD4=)",
        "![picture](https://tracker.example.com/pixel.gif)",
        "<div onclick='alert(1)'>x</div>",
        "<style>body{display:none}</style>",
        '[a](https://example.com "x\\" onmouseover=alert(1) \\"")',
    ],
)
def test_nothing_that_runs_or_loads_gets_through(source: str) -> None:
    body = render_article(f"## Heading\n\n{source}\n").body
    for danger in (
        "<script",
        "<img",
        "<style",
        'href="javascript',
        'href="data',
        "<div onclick",
        ' onmouseover=alert(1) "',
    ):
        assert danger not in body


def test_code_and_tables_can_be_reached_by_keyboard() -> None:
    body = render_article(
        "## A\n\n```\nmake run\n```\n\n| You write | It covers |\n|---|---|\n| a | b |\n"
    ).body
    assert '<pre tabindex="0"><code>make run' in body
    assert 'role="region"' in body
    assert '<th scope="col">You write</th>' in body


def test_links_are_rewritten() -> None:
    body = render_article(
        "## A\n\n[there](other.md#part)\n", rewrite_link=lambda address: f"/docs/{address}"
    ).body
    assert 'href="/docs/other.md#part"' in body

"""The user documentation: every page is listed, named, and leads somewhere."""

import json
import re

import pytest
from django.conf import settings

from config import documentation

LINK = re.compile(r"\]\(([\w-]+)\.md(?:#([\w-]+))?\)")


def slugs() -> list[str]:
    index = json.loads((documentation.docs_folder() / "index.json").read_text(encoding="utf-8"))
    return [slug for group in index["groups"] for slug in group["pages"]]


def test_no_page_is_listed_twice() -> None:
    assert len(slugs()) == len(set(slugs()))


@pytest.mark.parametrize("page", documentation.pages(), ids=lambda page: page.slug)
def test_page_has_a_title_and_a_lead(page: documentation.Page) -> None:
    article = documentation.article(page.slug)

    assert article.title
    assert article.lead


@pytest.mark.parametrize("page", documentation.pages(), ids=lambda page: page.slug)
def test_links_between_pages_lead_somewhere(page: documentation.Page) -> None:
    path = documentation.path_of(page.slug)
    assert path is not None
    for slug, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        assert documentation.path_of(slug), f"{page.slug} links to {slug}"
        anchors = {heading.anchor for heading in documentation.article(slug).headings}
        assert not anchor or anchor in anchors


def test_documentation_does_not_carry_the_name_of_the_product() -> None:
    for page in documentation.pages():
        path = documentation.path_of(page.slug)
        assert path is not None
        assert settings.PRODUCT_NAME not in path.read_text(encoding="utf-8")

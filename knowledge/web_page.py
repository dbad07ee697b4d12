"""Decides how one web page becomes a document: fetched by the guarded client, read like an HTML file.

Called by ingestion.
"""

import io
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from integrations.http import FetchedResponse, OutboundFailed, OutboundRefused, guarded_get
from knowledge.exceptions import ExtractionError
from knowledge.extraction import extract
from knowledge.formats.document import Document

MAX_PAGE_BYTES = 10 * 1024 * 1024
TIMEOUT_SECONDS = 20.0
ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.1"

_CHECK_ADDRESS = _("Open the address in a browser, correct it here, and try again.")
_UPLOAD_INSTEAD = _("Save the page as PDF or HTML and upload the file instead.")


def fetch(url: str) -> FetchedResponse:
    """Fetch a page; raise ExtractionError in words for what the network or the site refuses."""
    try:
        # The operator's list is for providers: a page of knowledge is public, or it is not read.
        response = guarded_get(
            url,
            max_bytes=MAX_PAGE_BYTES,
            timeout_seconds=TIMEOUT_SECONDS,
            accept=ACCEPT,
            allow_listed=False,
        )
    except OutboundRefused as error:
        raise ExtractionError("refused", _("This address may not be fetched."), _CHECK_ADDRESS) from error
    except OutboundFailed as error:
        raise ExtractionError("unreachable", _("The page could not be reached."), _CHECK_ADDRESS) from error
    if response.status in {401, 403, 407, 429}:
        raise ExtractionError("forbidden", _("The site does not let us read this page."), _UPLOAD_INSTEAD)
    if not 200 <= response.status < 300:
        message = _("The site answered with status %(status)d.") % {"status": response.status}
        raise ExtractionError("bad_status", message, _CHECK_ADDRESS)
    return response


def read(url: str, on_progress: Callable[[int, int], None] = lambda done, total: None) -> Document:
    """Return the document at an address, whatever its kind."""
    response = fetch(url)
    name = urlsplit(response.url).path.rsplit("/", 1)[-1] or urlsplit(response.url).hostname or url
    if response.content_type in {"text/html", "application/xhtml+xml"} and "." not in name:
        name += ".html"
    return extract(io.BytesIO(response.body), name=name, on_progress=on_progress)

"""What can go wrong with knowledge, in words that the edges can show.

Raised by ingestion, web_page and extraction; views translate them once.
"""

from django.utils.functional import Promise


class KnowledgeError(Exception):
    """A request about knowledge cannot be fulfilled: a code for programs, a message and a remedy for people."""

    def __init__(self, code: str, message: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(str(message))
        self.code = code
        self.message = str(message)
        self.remedy = str(remedy)


class ExtractionError(KnowledgeError):
    """A document or page could not be read."""


class EditError(KnowledgeError):
    """The item cannot be changed in this way."""

"""Decides where uploaded files lie, and by which short address one may be fetched without signing in.

Called by ingestion and by the views that serve files.
"""

import secrets
from typing import IO

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from knowledge.models import KnowledgeItem

SIGNED_SECONDS = 300
_SALT = "knowledge.files"


def store(item: KnowledgeItem, upload: IO[bytes]) -> None:
    """Save an upload under a random name in its tenant's folder; the caller saves the item."""
    customer = item.knowledge_base.customer
    name = f"{customer.public_id}/knowledge/{secrets.token_hex(20)}"
    item.file.save(name, File(upload), save=False)


def discard_on_commit(names: list[str]) -> None:
    """Delete stored files once the rows that named them are gone for good."""
    for name in filter(None, names):
        transaction.on_commit(lambda name=name: default_storage.delete(name), robust=True)  # type: ignore[misc]


def signed_path(item: KnowledgeItem) -> str:
    """Return an address that hands out the item's file for a few minutes, to whoever has it."""
    token = signing.dumps(item.public_id, salt=_SALT)
    return reverse("knowledge:signed_file", args=(token,))


def public_id_of(token: str) -> str | None:
    """Return the id that a signed address names, or None when it is false or too old."""
    try:
        public_id: str = signing.loads(token, salt=_SALT, max_age=SIGNED_SECONDS)
    except signing.BadSignature:
        return None
    return public_id

"""Decides what a file is from its bytes; its name only tells the kinds of plain text apart.

Called by knowledge.extraction_child.
"""

import io
import zipfile

import regex

from knowledge.formats.document import UnreadableError

# What an archive may declare before anything of it is unpacked.
MAX_ENTRIES = 5_000
MAX_UNPACKED_BYTES = 120_000_000
MAX_ENTRY_BYTES = 40_000_000
MAX_RATIO = 200

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_HTML = regex.compile(rb"<(?:!doctype\s+html|html|head|body|article|main|div|p|h1)\b", regex.IGNORECASE)
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TEXT_KINDS = {
    "md": "markdown",
    "markdown": "markdown",
    "csv": "table",
    "tsv": "table",
    "html": "html",
    "htm": "html",
}


def kind_of(data: bytes, name: str) -> str:
    """Return pdf, docx, html, markdown, table or text; raise UnreadableError for all else."""
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableError("empty")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLD_OFFICE):
        raise UnreadableError("old_office")
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_archive(data)
    if b"\x00" in data[:8192] and not data.startswith(_BYTE_ORDER_MARKS):
        raise UnreadableError("unsupported")
    if _HTML.search(data[:2048]) and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "html"
    return _TEXT_KINDS.get(name.lower().rsplit(".", 1)[-1], "text")


def _kind_of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableError("damaged") from error
    _judge(entries, len(data))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UnreadableError("encrypted")
    if any(entry.filename == "word/document.xml" for entry in entries):
        return "docx"
    raise UnreadableError("unsupported")


def _judge(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED_BYTES
        or unpacked > MAX_RATIO * packed_bytes
        or any(entry.file_size > MAX_ENTRY_BYTES for entry in entries)
    ):
        raise UnreadableError("too_much_memory")

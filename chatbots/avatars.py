"""Decides which pictures may be a bot's face: small PNG, JPEG or WebP by their content, whatever their name says.

Called by the widget form and the public avatar view.
"""

import secrets
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MAX_BYTES = 512 * 1024
LONGEST_SIDE = 2048
HEAD_BYTES = 32
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


class UnusablePictureError(ValueError):
    """Why a picture is refused, in words for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Picture:
    extension: str
    width: int
    height: int

    @property
    def file_name(self) -> str:
        """A random name, so that no name of a person's file is kept or served."""
        return f"{secrets.token_hex(16)}.{self.extension}"


def inspect(upload: UploadedFile) -> Picture:
    """What the bytes are; UnusablePictureError for everything that is no small picture."""
    if (upload.size or 0) > MAX_BYTES:
        raise UnusablePictureError(_("The picture is larger than 512 kB. Choose a smaller one."))
    content = upload.read()
    upload.seek(0)
    picture = _read(content)
    if picture is None:
        raise UnusablePictureError(_("This is no PNG, JPEG or WebP picture."))
    if not (0 < picture.width <= LONGEST_SIDE and 0 < picture.height <= LONGEST_SIDE):
        raise UnusablePictureError(_("The picture is larger than 2048 pixels. Choose a smaller one."))
    return picture


def content_type(name: str) -> str:
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _read(content: bytes) -> Picture | None:
    if content.startswith(PNG_SIGNATURE) and content[12:16] == b"IHDR":
        return Picture("png", int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))
    if content.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _read_webp(content)
    return None


def _read_jpeg(content: bytes) -> Picture | None:
    """The size stands in the first frame header; the segments before it are stepped over."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        if content[at + 1] in JPEG_FRAMES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return Picture("jpg", int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _read_webp(content: bytes) -> Picture | None:
    if len(content) < HEAD_BYTES - 2:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return Picture("webp", 1 + _little(content[24:27]), 1 + _little(content[27:30]))
    if kind == b"VP8L":
        bits = _little(content[21:25])
        return Picture("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return Picture("webp", _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF)
    return None


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")

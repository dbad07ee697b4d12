"""Pictures are known by their content."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chatbots import avatars
from tests.chatbots import pictures


@pytest.mark.parametrize(
    ("content", "extension"), [(pictures.PNG, "png"), (pictures.JPEG, "jpg"), (pictures.WEBP, "webp")]
)
def test_reads_kind_and_size(content: bytes, extension: str) -> None:
    picture = avatars.inspect(SimpleUploadedFile("whatever.exe", content))
    assert (picture.extension, picture.width, picture.height) == (extension, 64, 48)
    assert picture.file_name.endswith(f".{extension}")
    assert "whatever" not in picture.file_name


@pytest.mark.parametrize(
    "content",
    [
        pictures.SVG,
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WEBP",
        pictures.HUGE_PNG,
        pictures.PNG + b"\0" * avatars.MAX_BYTES,
    ],
)
def test_refuses_everything_else(content: bytes) -> None:
    with pytest.raises(avatars.UnusablePictureError):
        avatars.inspect(SimpleUploadedFile("face.png", content, content_type="image/png"))

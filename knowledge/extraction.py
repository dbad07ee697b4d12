"""Decides how a document is read safely: in a child process with limits, its failures put in words.

Called by ingestion; the readers themselves are in knowledge.formats.
"""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from knowledge.exceptions import ExtractionError
from knowledge.formats.document import Document

WALL_SECONDS = 120.0
EXIT_SECONDS = 5.0
MAX_FILE_BYTES = 25 * 1024 * 1024
_MAX_OUTPUT_BYTES = 64 * 1024 * 1024
_PROJECT = Path(__file__).resolve().parent.parent

_SPLIT = _("Split it into smaller files and upload those.")
_EXPORT = _("Open it, save it again as PDF or DOCX, and upload that.")

# What each code means, and what to do about it.
FAILURES: Mapping[str, tuple[Promise, Promise]] = {
    "empty": (
        _("There is no text in it."),
        _("Check that it is the file you meant, and upload it again."),
    ),
    "pictures_only": (
        _("Its pages are pictures without text."),
        _("Run text recognition (OCR) over it, and upload the result."),
    ),
    "encrypted": (
        _("It is protected with a password."),
        _("Save a copy without the password, and upload that."),
    ),
    "damaged": (_("It is damaged, or not what its name says."), _EXPORT),
    "old_office": (
        _("It is in an old Office format, or protected with a password."),
        _EXPORT,
    ),
    "unsupported": (
        _("This kind of file cannot be read."),
        _("Use PDF, DOCX, Markdown, HTML, CSV or plain text."),
    ),
    "too_many_pages": (_("It has more than 3,000 pages."), _SPLIT),
    "too_long": (_("It holds more text than one item may."), _SPLIT),
    "too_large": (_("It is larger than 25 MB."), _SPLIT),
    "too_much_memory": (_("Reading it would take too much memory."), _SPLIT),
    "too_slow": (_("Reading it took too long."), _SPLIT),
    "crashed": (_("Its contents could not be read."), _EXPORT),
}


def failure(code: str) -> ExtractionError:
    """Return the error of a code; an unknown code says what a crash says."""
    message, remedy = FAILURES.get(code, FAILURES["crashed"])
    return ExtractionError(code, message, remedy)


def extract(
    source: IO[bytes],
    *,
    name: str,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    wall_seconds: float = WALL_SECONDS,
) -> Document:
    """Read an open binary file; `on_progress` is called with pages done and pages in all."""
    with _copy(source) as copy:
        child = _start(copy, name)
    deadline = threading.Timer(wall_seconds, child.kill)
    deadline.start()
    result: Document | None = None
    try:
        for line in _lines(child):
            if "progress" in line:
                on_progress(*line["progress"])
            elif "error" in line:
                raise failure(line["error"])
            else:
                result = Document(**line["document"])
        child.wait(EXIT_SECONDS)
    except subprocess.TimeoutExpired:
        result = None
    finally:
        was_late = not deadline.is_alive()
        deadline.cancel()
        child.kill()
        child.wait()
    if result is None:
        raise failure("too_slow" if was_late or _ran_out_of_time(child.returncode) else "crashed")
    return result


def _copy(source: IO[bytes]) -> IO[bytes]:
    """Return the source as a file of this machine's: storages may hand out files without a descriptor."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    shutil.copyfileobj(source, copy)
    if copy.tell() > MAX_FILE_BYTES:
        copy.close()
        raise failure("too_large")
    copy.seek(0)
    return copy


def _start(source: IO[bytes], name: str) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.Popen(  # noqa: S603 (our own interpreter and module; the name is one argument)
        [sys.executable, "-m", "knowledge.extraction_child", name],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_PROJECT,
        env=environment,
        start_new_session=True,
    )


def _lines(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    output = cast(IO[bytes], child.stdout)
    while raw := output.readline(_MAX_OUTPUT_BYTES):
        if raw.endswith(b"\n"):
            yield json.loads(raw)


def _ran_out_of_time(return_code: int) -> bool:
    return return_code == -signal.SIGXCPU

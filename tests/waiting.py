"""Waits for a server that was just started, and says what it printed when it does not come."""

import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

START_SECONDS = 120


def wait_for_address(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers, whatever it says; AssertionError with the log's end otherwise."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(address, timeout=2)
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} does not answer:\n{log.read_text(errors='replace')[-3000:]}")

"""Notes what a page may not do: write errors to the console, break its policy, ask another origin."""

from playwright.sync_api import ConsoleMessage, Page, Request

QUIET = {"log", "info", "debug", "verbose"}
LOCAL_SCHEMES = ("data:", "blob:", "about:")


class Watcher:
    """Watches pages that may talk to `origins` alone."""

    def __init__(self, origins: list[str]) -> None:
        self.origins = tuple(origin.rstrip("/") for origin in origins)
        self.faults: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("request", self._judge)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._hear)

    def take(self) -> list[str]:
        """What was noted since the last time."""
        taken, self.faults = self.faults, []
        return taken

    def assert_clean(self) -> None:
        assert not self.faults, "\n".join(self.faults)

    def _judge(self, request: Request) -> None:
        if not request.url.startswith((*self.origins, *LOCAL_SCHEMES)):
            self.faults.append(f"request to {request.url}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in QUIET:
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

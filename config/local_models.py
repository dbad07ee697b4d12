"""Finds an OpenAI-compatible server on this machine, so that the first start can offer it.

Called by `manage.py serve_embedded`; asks fixed loopback addresses only, and sends nothing but the question.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

USUAL_PORTS = {11434: "Ollama", 1234: "LM Studio", 8080: "llama.cpp"}
TIMEOUT_SECONDS = 0.4
MAX_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class LocalServer:
    name: str
    address: str
    models: tuple[str, ...]

    @property
    def offer(self) -> str:
        """What to add to .env so that the bots answer through it."""
        model = self.models[0]
        return (
            f"{self.name} answers at {self.address}. To let the bots write their answers through it, add to .env:\n"
            f"  OPENAI_BASE_URL={self.address}/v1\n"
            f"  OPENAI_CHAT_MODEL={model}\n"
            f"  OUTBOUND_ALLOWED_HOSTS={self.address.removeprefix('http://')}"
        )


def find() -> LocalServer | None:
    """The first usual port at which a server lists at least one model."""
    for port, name in USUAL_PORTS.items():
        address = f"http://127.0.0.1:{port}"
        models = models_at(address)
        if models:
            return LocalServer(name, address, models)
    return None


def models_at(address: str) -> tuple[str, ...]:
    """The ids of the models that a server lists; none when nothing of the kind answers."""
    try:
        with urllib.request.urlopen(f"{address}/v1/models", timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 (loopback)
            listed = json.loads(response.read(MAX_BYTES))
        return tuple(str(entry["id"]) for entry in listed["data"])
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError):
        return ()

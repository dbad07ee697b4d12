"""A model's server on this machine is offered; anything else that listens there is not."""

from config import local_models
from config.local_models import LocalServer
from tests.fixtures import fake_openai
from tests.live_server import free_port


def test_a_compatible_server_lists_its_models() -> None:
    with fake_openai.running() as fake:
        assert local_models.models_at(fake.base_url.removesuffix("/v1")) == ("fake-chat",)


def test_silence_is_no_server() -> None:
    assert local_models.models_at(f"http://127.0.0.1:{free_port()}") == ()


def test_the_offer_names_what_to_set() -> None:
    offer = LocalServer("Ollama", "http://127.0.0.1:11434", ("llama3",)).offer
    assert "OPENAI_BASE_URL=http://127.0.0.1:11434/v1" in offer
    assert "OUTBOUND_ALLOWED_HOSTS=127.0.0.1:11434" in offer

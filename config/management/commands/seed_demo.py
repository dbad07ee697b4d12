"""Make the demo: logins, two bots with knowledge, and sixty days of invented conversations."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import people, seeding
from config.demo.library import CorpusError
from config.demo.people import DemoPasswordMissingError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--corpus",
            type=Path,
            metavar="DIR",
            action="append",
            default=[],
            help="also add a bot over this folder in the corpus format (docs/corpus-format.md)",
        )

    def handle(self, *args: Any, corpus: list[Path], **options: Any) -> None:
        try:
            team = seeding.seed(timezone.now(), self.stdout.write)
            for folder in corpus:
                chatbot = seeding.add_corpus(team, folder, self.stdout.write)
                self.stdout.write(f"{chatbot.name}: {chatbot.public_id}")
        except DemoPasswordMissingError as error:
            raise CommandError("Set DEMO_PASSWORD: outside the embedded mode it has no default.") from error
        except CorpusError as error:
            raise CommandError(str(error)) from error
        self._tell_logins()

    def _tell_logins(self) -> None:
        operator = () if settings.IS_PRODUCTION else (people.OPERATOR_EMAIL,)
        for email in (people.OWNER_EMAIL, people.AGENT_EMAIL, *operator):
            self.stdout.write(f"  {email}")
        self.stdout.write("The password of these logins is DEMO_PASSWORD.")

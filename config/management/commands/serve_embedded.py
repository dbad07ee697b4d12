"""Start the whole product in this process: migrate, make the demo once, then web, worker and beat."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import local_models, runner
from config.demo import people


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="start without the demo's customer and bots"
        )

    def handle(self, *args: Any, no_demo: bool, **options: Any) -> None:
        if settings.IS_PRODUCTION or settings.REDIS_URL:
            raise CommandError(
                "This runs everything in one process. In production start what the Procfile names."
            )
        try:
            sockets = [runner.listen(settings.PORT), runner.listen(settings.DEMO_PORT)]
        except runner.PortTakenError as error:
            raise CommandError(str(error)) from error
        self._prepare(no_demo=no_demo)
        lines = [*self._lines(has_demo=people.find_customer() is not None), *self._offers()]
        runner.serve(sockets, lambda: self._say(lines))

    def _prepare(self, *, no_demo: bool) -> None:
        if "django_migrations" not in connection.introspection.table_names():
            self.stdout.write("Making the database …")
            self.stdout.flush()
        call_command("migrate", verbosity=0)
        if not no_demo and people.find_customer() is None:
            call_command("seed_demo", stdout=self.stdout)

    def _offers(self) -> list[str]:
        """A model's server on this machine, while no provider is set."""
        if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
            return []
        found = local_models.find()
        return [found.offer] if found else []

    def _say(self, lines: list[str]) -> None:
        self.stdout.write("\n".join(["", *lines, ""]))
        self.stdout.flush()

    def _lines(self, *, has_demo: bool) -> list[str]:
        """What a person needs to begin: the product, the demo's page on another origin, the logins."""
        if not has_demo:
            return [settings.SITE_URL]
        return [
            settings.SITE_URL,
            f"http://127.0.0.1:{settings.DEMO_PORT}  a shop's page with the demo bot, on another origin",
            f"Sign in as {people.OWNER_EMAIL}, or at {settings.SITE_URL}/operator/ as {people.OPERATOR_EMAIL}.",
            f"The password of both is {settings.DEMO_PASSWORD}",
        ]

"""Empty the database of a development machine: every table goes and comes back from the migrations."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("This deletes everything; it runs on a development machine only.")
        name = connection.settings_dict["NAME"]
        if not yes and not self._agreed(str(name)):
            raise CommandError("Nothing was changed.")
        drop_all_tables()
        call_command("migrate", verbosity=0)
        self.stdout.write(f"{name} is empty. `python manage.py seed_demo` brings the demo back.")

    def _agreed(self, name: str) -> bool:
        return input(f"Delete everything in {name}? Type yes to go on: ").strip().lower() == "yes"


def drop_all_tables() -> None:
    """Drop every table and view of the database, whatever refers to whatever."""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table in connection.introspection.get_table_list(cursor):
            kind = "VIEW" if table.type == "v" else "TABLE"
            cursor.execute(f"DROP {kind} IF EXISTS {connection.ops.quote_name(table.name)}")

"""Remove the demo: all of its customers' data, files and logins, and nothing else."""

from typing import Any

from django.core.management.base import BaseCommand

from config.demo import removal


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        count = removal.remove()
        self.stdout.write("The demo is gone." if count else "There is no demo here.")

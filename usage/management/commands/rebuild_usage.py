"""Makes the usage counters again from the ledger and the open reservations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Customer
from usage.rebuilding import rebuild


class Command(BaseCommand):
    help = (
        "Rebuild the usage counters of all customers, or of one, from the ledger and the open reservations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customer", help="public id of the only customer to rebuild")

    def handle(self, *args: Any, **options: Any) -> None:
        customers = Customer.objects.order_by("id")
        if options["customer"]:
            customers = customers.filter(public_id=options["customer"])
            if not customers:
                raise CommandError("There is no such customer.")
        wrong = sum(rebuild(customer) for customer in customers.iterator())
        self.stdout.write(f"{wrong} counters corrected.")

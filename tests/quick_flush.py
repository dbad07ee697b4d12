"""Empties the database after a transactional test: only tables that hold rows, none of Django's catalogues.
The plans that a migration makes are there again afterwards.

Django's flush deletes from every table and writes all content types and permissions again: seconds a test here.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

from billing import entitlements, plans
from integrations import providers

KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def install() -> None:
    """Use the quick way in every transactional test of this process."""
    setattr(TransactionTestCase, "_fixture_teardown", _empty)  # noqa: B010 (Django's own hook, not in its types)


def _empty(case: TransactionTestCase) -> None:
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for table in _filled():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our own tables)
    plans.ensure_default_plans()
    entitlements.forget()
    providers.forget()


def _filled() -> list[str]:
    """The tables with at least one row, asked in one statement."""
    quoted = connection.ops.quote_name
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    asked = " UNION ALL ".join(
        f"SELECT '{table}' FROM (SELECT 1 FROM {quoted(table)} LIMIT 1) AS found"  # noqa: S608 (our own tables)
        for table in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [row[0] for row in cursor.fetchall()]

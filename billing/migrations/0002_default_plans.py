"""The plans of a fresh installation, so that it has a pricing page and limits from the start."""

from django.db import migrations

from billing.default_plans import create_missing


def create_plans(apps, schema_editor):
    create_missing(*(apps.get_model("billing", name) for name in ("Plan", "PlanVersion", "PlanPrice")))


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunPython(create_plans, migrations.RunPython.noop)]

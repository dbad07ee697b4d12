"""Creates all tables of an app at once, from their final shape; the base of every app's first migration.

Django renders the models of the whole project anew after each operation: a hundred operations over a hundred
connected models take half a minute. Here the state is rendered once a migration.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState


class InitialMigration(migrations.Migration):
    """A first migration: CreateModel, and fields, indexes and constraints of the models that it creates."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        project_state.__dict__.pop("apps", None)  # not rendered: the state moves on without rendering
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for name in self._created_models():
            schema_editor.create_model(project_state.apps.get_model(self.app_label, name))
        return project_state

    def _created_models(self) -> list[str]:
        return [operation.name for operation in self.operations if isinstance(operation, CreateModel)]

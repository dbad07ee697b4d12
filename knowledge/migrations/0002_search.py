"""Full-text indexes: FULLTEXT on MySQL and MariaDB; on SQLite FTS5 tables that knowledge.index writes."""

from django.db import migrations

MYSQL = {
    "forwards": (
        "ALTER TABLE knowledge_knowledgechunk ADD FULLTEXT INDEX passage_search (search_text)",
        "ALTER TABLE knowledge_knowledgeitem ADD FULLTEXT INDEX item_search (title, content)",
    ),
    "backwards": (
        "ALTER TABLE knowledge_knowledgechunk DROP INDEX passage_search",
        "ALTER TABLE knowledge_knowledgeitem DROP INDEX item_search",
    ),
}
# Without detail=full, bm25() of a contentless table is the same for every row.
SQLITE = {
    "forwards": (
        "CREATE VIRTUAL TABLE knowledge_passage_search USING fts5"
        "(search_text, content='', detail=full, tokenize='ascii')",
        "CREATE VIRTUAL TABLE knowledge_item_search USING fts5"
        "(title, content, tokenize='unicode61 remove_diacritics 2')",
    ),
    "backwards": (
        "DROP TABLE knowledge_passage_search",
        "DROP TABLE knowledge_item_search",
    ),
}


def run(schema_editor, direction):
    statements = SQLITE if schema_editor.connection.vendor == "sqlite" else MYSQL
    for statement in statements[direction]:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    run(schema_editor, "forwards")


def backwards(apps, schema_editor):
    run(schema_editor, "backwards")


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    # MySQL commits at each of these, so they must not stand in a transaction.
    operations = [migrations.RunPython(forwards, backwards, atomic=False)]

#!/usr/bin/env bash
# Everything, in the order in which it fails soonest. Each step says its name and how long it took.
set -euo pipefail
cd "$(dirname "$0")/.."
step() {
    local name="$1" started=$SECONDS
    shift
    echo "== $name"
    "$@"
    echo "== $name: $((SECONDS - started)) s"
}

# Whatever a developer's .env says, the suite runs on SQLite and on servers of its own.
export DATABASE_URL="sqlite:///$PWD/.local/suite.sqlite3" REDIS_URL=""

step "Front end: types" .ci/node.sh npm run --silent typecheck
step "Linter" ruff check .
step "Format" ruff format --check --quiet .
step "Import order" lint-imports
step "Templates" djlint templates --lint --quiet
step "Types" mypy .
step "System checks" python manage.py check
step "Migrations are current" python manage.py makemigrations --check --dry-run
suite=(pytest -q -n 2 --dist worksteal)
step "Suite on SQLite" "${suite[@]}" -m "not browser and not production and not live" tests
# What starts processes of its own chooses their database itself and has run above.
step "Suite on MariaDB and Redis" python -m tests.services -- \
    "${suite[@]}" -m "not browser and not production and not live and not process" tests
if [ -n "${TEST_MYSQL_URL:-}" ]; then
    step "Suite on MySQL" env DATABASE_URL="$TEST_MYSQL_URL" \
        "${suite[@]}" -m "not browser and not production and not live and not process" tests
fi
step "Browser" pytest -q -m "browser and not production" tests
step "Browser on the production processes" python -m tests.services -- pytest -q -m production tests

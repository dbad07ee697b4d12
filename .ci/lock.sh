#!/usr/bin/env bash
# Compiles the three locks from pyproject.toml with releases older than the day given.
set -euo pipefail
day="$1"
compile() { uv pip compile --quiet --exclude-newer "$day" --python-version 3.11 --custom-compile-command "make lock" "$@"; }
compile pyproject.toml -o requirements.txt
compile --group dev -c requirements.txt -o requirements-dev.txt
python .ci/embedded_lock.py

#!/usr/bin/env bash
# Makes .venv with uv in it; a Debian whose Python came without ensurepip gets python3-venv first.
set -euo pipefail
python="${1:-python3}"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    [ "$(id -u)" = 0 ] || { echo "Install python3-venv, then run this again." >&2; exit 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null ||
    .venv/bin/python -m pip install --disable-pip-version-check uv

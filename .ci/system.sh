#!/usr/bin/env bash
# Installs what the suite needs of the system, where it is missing and this user may.
set -euo pipefail
export PATH="$PATH:/usr/sbin"
missing=()
need() { command -v "$1" >/dev/null || missing+=("${@:2}"); }
need mariadbd mariadb-server
need redis-server redis-server
need chromium chromium
need cc build-essential
need pkg-config pkg-config
[ -e /usr/include/mariadb/mysql.h ] || [ -e /usr/include/mysql/mysql.h ] || missing+=(default-libmysqlclient-dev)
[ -e /usr/include/python3.11/Python.h ] || python3-config --includes >/dev/null 2>&1 || missing+=(python3-dev)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-core fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" != 0 ]; then
    echo "Missing: ${missing[*]}. Install them, or run make test as root once." >&2
    exit 1
fi
echo "Installing ${missing[*]} …"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

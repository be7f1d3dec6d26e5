#!/usr/bin/env bash
# Installs Debian packages that are missing (as root) and the virtual environment from a hashed lock.
# usage: tools/install.sh "DEBIAN PACKAGES" LOCK
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$1 lock=$2

missing=()
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "These Debian packages are missing and only root can install them: ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

[ -x .venv/bin/python ] || python3 -m venv .venv
echo "Installing Python packages from $lock"
.venv/bin/pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$lock"
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
.venv/bin/pip check --quiet --disable-pip-version-check
# The engine may write no file, so what it loads is compiled here; the tests start many processes and gain too.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
.venv/bin/python -m compileall -q -j 0 -x '/tests?/' "$site" >/dev/null || true

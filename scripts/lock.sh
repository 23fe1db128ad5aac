#!/usr/bin/env bash
# Regenerate requirements.lock from pyproject.toml: one file that pip can use as constraints on Python 3.11 to 3.13 and
# Linux, macOS and Windows (environment markers where versions differ). Needs `uv` on PATH (pip install uv).
set -euo pipefail
cd "$(dirname "$0")/.."
{
    echo "# Exact versions, tested together. Written by scripts/lock.sh; used as pip constraints (-c requirements.lock)."
    uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --extra train --extra dev --extra bench --extra rtl pyproject.toml "$@"
} > requirements.lock.part
mv requirements.lock.part requirements.lock

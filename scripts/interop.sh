#!/usr/bin/env bash
# Check Filiera's proofs, key files and certificates with npm libraries that share no code with it.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo "interop: npm is not installed; install Node.js 20 or later" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd scripts/interop && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$dir/npm.log" 2>&1) || { cat "$dir/npm.log" >&2; exit 1; }
go run ./scripts/interop write "$dir"
node scripts/interop/check.mjs "$dir"
go run ./scripts/interop read "$dir"

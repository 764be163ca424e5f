#!/usr/bin/env bash
# Run the third-party cases (tests named TestStandard…) and print how many each set has.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
mapfile -t packages < <(grep -rl --include='*_test.go' '^func TestStandard' . | xargs -n1 dirname | sort -u)
if ! "${GO:-go}" test -v -timeout 10m -run '^TestStandard' "${packages[@]}" >"$out" 2>&1; then
	cat "$out"
	exit 1
fi
grep -o 'standard: .*' "$out" | sort

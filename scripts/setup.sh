#!/usr/bin/env bash
# See that what a build needs is on this machine, and install what Debian has.
set -euo pipefail

need() { # need COMMAND PACKAGE...
	local cmd=$1
	shift
	command -v "$cmd" >/dev/null 2>&1 && return
	echo "setup: $cmd is missing; installing $*"
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "setup: install $cmd by hand; only Debian's packages are known here" >&2
		exit 1
	fi
	local sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get update -qq
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

if ! command -v go >/dev/null 2>&1; then
	echo "setup: Go is missing; install Go 1.26 or newer from https://go.dev/dl/" >&2
	exit 1
fi
need gcc gcc libc6-dev
need git git
need openssl openssl
for extra in "$@"; do
	case $extra in
	npm) need npm nodejs npm ;;
	postgres) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need initdb postgresql ;;
	*) echo "setup: $extra is not known" >&2 && exit 2 ;;
	esac
done

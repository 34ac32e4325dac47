# shellcheck shell=sh
# Sourced by install.sh and scripts/test, from the project's folder: the one Bun version this project is built with.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$0: $*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# Three attempts: package servers fail for a moment.
retry() {
  for pause in 2 10; do
    "$@" && return
    say "Failed: $*. Trying again in $pause seconds."
    sleep "$pause"
  done
  "$@"
}

install_packages() {
  [ $# -gt 0 ] || return 0
  have apt-get || die "needs $*; install them with this system's package manager, then run it again."
  is_root || die "needs the packages $*; run 'apt-get install $*' as root, then run it again."
  say "Installing $* ..."
  retry apt-get -qq -o DPkg::Lock::Timeout=120 update
  retry env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
    install --yes --no-install-recommends "$@" >&2
}

has_bun() { [ "$(bun --version 2>/dev/null)" = "$bun_version" ]; }

# Root on a machine without Bun gets it for everyone; anybody else a copy of his own, so no other project's is touched.
need_bun() {
  unset BUN_BE_BUN BUN_OPTIONS
  bun_version=$(sed -n 's/.*"packageManager": "bun@\([0-9.]*\)".*/\1/p' package.json)
  has_bun && return
  PATH="$PWD/.cache/bun/node_modules/.bin:$PATH"
  has_bun && return
  { have node && have npm; } || install_packages nodejs npm
  say "Installing Bun $bun_version ..."
  if is_root && ! have bun; then
    retry npm install --global --no-audit --no-fund --loglevel=error "bun@$bun_version" >&2
  else
    retry npm install --prefix .cache/bun --no-audit --no-fund --loglevel=error "bun@$bun_version" >&2
  fi
  has_bun || die "Bun $bun_version was installed but does not run; see https://bun.sh/docs/installation."
}

install_dependencies() {
  retry bun install --frozen-lockfile --silent
}

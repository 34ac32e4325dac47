#!/bin/sh
# Builds Honeyframe from this folder, installs it and starts it. Run again to upgrade: settings and data are kept.
set -eu

usage() {
  cat <<'END'
Usage: ./install.sh [--prefix DIR] [--port N] [--service | --foreground] [--license-keys FILE]

  --prefix DIR          default /: binary in /usr/local/bin, settings in /etc/honeyframe, data in
                        /var/lib/honeyframe; needs root. Any other folder holds everything in itself
  --port N              listen on N (default 8000)
  --service             run under systemd; the default where systemd runs and the prefix is /
  --foreground          run here until stopped (also --no-service); the default elsewhere
  --license-keys FILE   public keys to build in, see docs/development.md
END
}

main() {
  read_options "$@"
  check_machine
  enter_project
  need_bun
  install_dependencies
  build
  install_and_start
}

read_options() {
  prefix=/ port='' mode='' license_keys=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --service) mode=--service ;;
      --foreground | --no-service) mode=--foreground ;;
      --prefix | --port | --license-keys)
        [ $# -ge 2 ] || wrong_usage "$1 needs a value."
        set_option "$1" "$2"
        shift
        ;;
      --prefix=* | --port=* | --license-keys=*) set_option "${1%%=*}" "${1#*=}" ;;
      *) wrong_usage "unknown option $1." ;;
    esac
    shift
  done
}

set_option() {
  case $1 in
    --prefix) prefix=$(absolute "$2") ;;
    --port) port=$2 ;;
    --license-keys) license_keys=$(absolute "$2") ;;
  esac
}

absolute() {
  case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$PWD" "$1" ;;
  esac
}

wrong_usage() {
  printf '%s: %s See ./install.sh --help.\n' "$0" "$1" >&2
  exit 2
}

check_machine() {
  case "$(uname -s) $(uname -m)" in
    'Linux x86_64' | 'Linux aarch64') ;;
    *) refuse "runs on Linux on x86_64 or aarch64, not on $(uname -s) $(uname -m)." ;;
  esac
  [ "$prefix" != / ] || [ "$(id -u)" -eq 0 ] ||
    refuse 'needs root for the prefix /; use sudo, or --prefix with a folder of yours.'
}

refuse() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}

enter_project() {
  cd "$(dirname "$0")"
  . scripts/toolchain.sh
}

build() {
  set --
  [ -z "$license_keys" ] || set -- --license-keys "$license_keys"
  bun scripts/build.ts "$@"
}

install_and_start() {
  set -- --prefix "$prefix"
  [ -z "$port" ] || set -- "$@" --port "$port"
  [ -z "$mode" ] || set -- "$@" "$mode"
  exec dist/honeyframe install "$@"
}

main "$@"

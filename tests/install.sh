#!/bin/sh
# What tests and set-up need from the system:
#   install.sh venv              Debian's python3-venv
#   install.sh browser PYTHON    a chromium: the one on the PATH, else Debian's, else playwright's own
#   install.sh node              Debian's nodejs; without it the tests of the page's modules are skipped
set -eu

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

debian() {
    command -v apt-get >/dev/null || return 1
    as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends "$@"
}

case "$1" in
venv)
    debian python3-venv
    ;;
browser)
    if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then
        exit 0
    fi
    # The fonts draw Japanese on the screenshots.
    debian chromium fonts-noto-cjk || "$2" -m playwright install chromium
    ;;
node)
    command -v node >/dev/null || debian nodejs || echo "no node: the tests of the page's modules are skipped" >&2
    ;;
esac

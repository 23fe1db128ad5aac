#!/usr/bin/env bash
# Set up everything that `make play` or `make test` needs: system libraries, .venv, Python packages.
#
#   scripts/setup.sh play|test
#
# On Debian and Ubuntu, as root or with passwordless sudo, missing system packages are installed by apt, and nothing
# that is already there is touched. Elsewhere one line names them. Running it again only adds what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Shared library -> Debian package. PortAudio plays; the rest is what Qt's window needs (the wheels bring Qt itself).
libraries="
libportaudio.so.2      libportaudio2
libEGL.so.1            libegl1
libGL.so.1             libgl1
libdbus-1.so.3         libdbus-1-3
libfontconfig.so.1     libfontconfig1
libglib-2.0.so.0       libglib2.0-0
libxkbcommon.so.0      libxkbcommon0
libxkbcommon-x11.so.0  libxkbcommon-x11-0
libxcb-cursor.so.0     libxcb-cursor0
libxcb-icccm.so.4      libxcb-icccm4
libxcb-keysyms.so.1    libxcb-keysyms1
libxcb-shape.so.0      libxcb-shape0
libwayland-cursor.so.0 libwayland-cursor0
"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_apt() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# apt_install PACKAGE...: true if they are installed afterwards. Apt's chatter is shown only if it fails.
apt_install() {
    can_apt || return 1
    say "installing system packages: $*"
    local log
    log=$(mktemp)
    {
        [ -n "${apt_updated:-}" ] || as_root apt-get update || true # old lists may do
        apt_updated=1
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    } >"$log" 2>&1 </dev/null || { cat "$log" >&2 && rm -f "$log" && return 1; }
    rm -f "$log"
}

system_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    local known missing=() soname package
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0 # e.g. musl: leave it to the user
    while read -r soname package; do
        [ -z "$soname" ] || grep -qF "$soname " <<<"$known" || missing+=("$package")
    done <<<"$libraries"
    [ ${#missing[@]} -gt 0 ] || return 0
    apt_install "${missing[@]}" ||
        say "for sound and the window, install these system libraries (Debian's names): ${missing[*]}"
}

# Print the first interpreter that is new enough.
find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# The simulated RTL is C++ until it is compiled here.
compilers() {
    command -v g++ >/dev/null || command -v clang++ >/dev/null || apt_install g++ ||
        die "a C++ compiler is needed for the RTL's tests (Debian, Ubuntu: apt install g++)"
    command -v make >/dev/null || apt_install make || die "make is needed"
}

# The tests play into a JACK server without hardware; where there is none, they say so and skip.
jack_server() {
    [ "$(uname -s)" = Linux ] || return 0
    command -v jackd >/dev/null || apt_install jackd2 ||
        say "for the tests of live playing, install jackd (Debian, Ubuntu: apt install jackd2)"
}

# A screen in memory and a hand at its mouse and keyboard: the test of the real window; without them it says so, skips.
screen() {
    [ "$(uname -s)" = Linux ] || return 0
    local missing=()
    command -v Xvfb >/dev/null || missing+=(xvfb)
    command -v xdotool >/dev/null || missing+=(xdotool)
    [ ${#missing[@]} -gt 0 ] || return 0
    apt_install "${missing[@]}" ||
        say "for the test of the window, install Xvfb and xdotool (Debian, Ubuntu: apt install xvfb xdotool)"
}

make_venv() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then return; fi
    local python
    python=$(find_python) || { apt_install python3 python3-venv && python=$(find_python); } ||
        die "Python 3.11 or newer is needed (Debian, Ubuntu: apt install python3 python3-venv)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        local version
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        apt_install "python$version-venv" || die "$python has no venv module: install the package python$version-venv"
    fi
    say "creating .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

pip_install() {
    local quiet=()
    [ -t 1 ] || quiet=(--quiet)
    .venv/bin/python -m pip install --disable-pip-version-check ${quiet[@]+"${quiet[@]}"} -c requirements.lock "$@"
}

case "${1:-}" in
play) extras="" ;;
test) extras="[train,dev,bench,rtl]" ;;
*) die "usage: scripts/setup.sh play|test" ;;
esac

system_libraries
[ -z "$extras" ] || compilers
[ -z "$extras" ] || jack_server
[ -z "$extras" ] || screen
make_venv
say "installing Python packages (the first time takes some minutes)"
pip_install setuptools
# torch first and by its exact version: no later requirement may pull in another build of it.
[ -z "$extras" ] || pip_install torch==2.13.0
pip_install --no-build-isolation -e ".$extras"
# The package whose checkpoints `systole import` reads writes those of the tests. Its model needs none of the many things
# that it requires for training.
[ -z "$extras" ] || pip_install --no-deps --no-build-isolation parallel_wavegan==0.6.1

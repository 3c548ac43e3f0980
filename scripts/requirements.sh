# Sourced by the other scripts: what a build needs, installed when it is missing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

complain() {
    echo "$(basename "$0"): $*" >&2
}

# Succeeds when a header is where the compiler looks.
has_header() {
    compgen -G "/usr/include/$1" >/dev/null ||
        compgen -G "/usr/include/*-linux-gnu/$1" >/dev/null ||
        compgen -G "/usr/local/include/$1" >/dev/null
}

# Installs the Debian packages that are missing, one line each. Further programs that a script
# needs are given as PROGRAM:PACKAGE.
require_packages() {
    local missing=() pair
    has_header sqlite3.h || missing+=(libsqlite3-dev)
    has_header openssl/ssl.h || missing+=(libssl-dev)
    has_header stdio.h || missing+=(libc6-dev)
    has_header 'c++/*/string' || missing+=(g++)
    command -v ld.gold >/dev/null || missing+=(binutils-gold)
    # The toolchain calls git; the tests make certificates with openssl.
    command -v git >/dev/null || missing+=(git)
    command -v openssl >/dev/null || missing+=(openssl)
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
    done
    ((${#missing[@]})) || return 0

    local as_root=()
    if ! command -v apt-get >/dev/null; then
        complain "these Debian packages, or your system's equivalents, are missing: ${missing[*]}"
        exit 1
    fi
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            complain "missing packages, and neither root nor sudo to install them. Run as root:"
            complain "    apt-get install ${missing[*]}"
            exit 1
        fi
        as_root=(sudo)
    fi
    printf 'Installing %s\n' "${missing[@]}" >&2
    local log
    log=$(mktemp)
    if ! {
        "${as_root[@]}" apt-get update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install --yes --no-install-recommends "${missing[@]}"
    } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        complain "could not install ${missing[*]}; the lines above say why."
        exit 1
    fi
    rm -f "$log"
}

require_swift() {
    local version
    if ! command -v swift >/dev/null; then
        complain "Swift is not installed. Get 6.2 or later from https://www.swift.org/install/linux"
        exit 1
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
    if [[ $(printf '6.2\n%s\n' "$version" | sort -V | head -n 1) != 6.2 ]]; then
        complain "Swift $version is too old: 6.2 is needed. See https://www.swift.org/install/linux"
        exit 1
    fi
}

# Builds the server the way it is deployed and sets `opescare` to its path.
build_release() {
    swift build --package-path "$root" --scratch-path "$root/.build-release" \
        --configuration release --static-swift-stdlib --product opescare "$@"
    opescare=$root/.build-release/release/opescare
}

# Builds the bridge agent in the same way and sets `bridge` to its path.
build_bridge() {
    swift build --package-path "$root" --scratch-path "$root/.build-release" \
        --configuration release --static-swift-stdlib --product opescare-bridge "$@"
    bridge=$root/.build-release/release/opescare-bridge
}

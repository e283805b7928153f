#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: build.sh OUTPUT - compiles the driver into a static executable
set -eu
output=$1
sources=$(dirname "$0")
compiler=${CC:-gcc}

missing() {
    echo "cannot build the driver: $1; on Debian: apt install gcc libc6-dev" >&2
    exit 1
}

command -v "$compiler" >/dev/null 2>&1 || missing "no C compiler '$compiler'"
echo 'int main(void) { return 0; }' | "$compiler" -static -x c -o /dev/null - 2>/dev/null \
    || missing "'$compiler' cannot link a static executable"
mkdir -p "$(dirname "$output")"
"$compiler" -std=c11 -O2 -static -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
    -fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffunction-sections -fdata-sections \
    -Wl,--gc-sections -Wl,-z,relro,-z,now -s \
    -o "$output" "$sources/dory.c" "$sources/exchange.c" "$sources/json.c" \
    "$sources/settings.c" "$sources/start.c" "$sources/text.c"

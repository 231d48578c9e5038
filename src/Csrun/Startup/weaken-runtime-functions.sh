#!/bin/sh
# weaken-runtime-functions.sh SOURCE DIRECTORY ARCHIVE...
# Copies each ARCHIVE into DIRECTORY with every symbol that SOURCE exports by RuntimeExport made weak; one whose name
# starts with __wrap_ is for the linker's --wrap and only looked for. Fails when none of them defines one of the symbols:
# then this is not the runtime that SOURCE was written for.
set -eu
source=$1 directory=$2
shift 2
symbols=$(sed -n 's/.*\[RuntimeExport("\([^"]*\)")\].*/\1/p' "$source")
[ -n "$symbols" ] || { echo "$source: error CSRUN001: no RuntimeExport found" >&2; exit 1; }
defined=$(nm --defined-only --extern-only "$@" 2>/dev/null | sed -n 's/^[0-9a-f]* [TW] //p')
newline='
'
weak=
for symbol in $symbols; do
    case $newline$defined$newline in
    *"$newline${symbol#__wrap_}$newline"*) ;;
    *)
        echo "$source: error CSRUN002: $symbol is not a function of $*: the runtime was moved to another patch" >&2
        exit 1
        ;;
    esac
    [ "$symbol" != "${symbol#__wrap_}" ] || weak="$weak --weaken-symbol=$symbol"
done
mkdir -p "$directory"
for archive in "$@"; do
    # shellcheck disable=SC2086 # one word a symbol
    objcopy $weak "$archive" "$directory/$(basename "$archive")"
done

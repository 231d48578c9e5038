#!/bin/sh
# weaken-runtime-functions.sh SOURCE ARCHIVE COPY
# Copies ARCHIVE to COPY with every symbol that SOURCE exports by RuntimeExport made weak. Fails when ARCHIVE does not
# define one of them: then this is not the runtime that SOURCE was written for.
set -eu
source=$1 archive=$2 copy=$3
symbols=$(sed -n 's/.*\[RuntimeExport("\([^"]*\)")\].*/\1/p' "$source")
[ -n "$symbols" ] || { echo "$source: error CSRUN001: no RuntimeExport found" >&2; exit 1; }
defined=$(nm --defined-only --extern-only "$archive" 2>/dev/null | sed -n 's/^[0-9a-f]* [TW] //p')
newline='
'
set --
for symbol in $symbols; do
    case $newline$defined$newline in
    *"$newline$symbol$newline"*) ;;
    *)
        echo "$source: error CSRUN002: $symbol is not a function of $archive: the runtime was moved to another patch" >&2
        exit 1
        ;;
    esac
    set -- "$@" --weaken-symbol="$symbol"
done
objcopy "$@" "$archive" "$copy"

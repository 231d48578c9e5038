#!/bin/bash
# as-user.sh DIRECTORY COMMAND..., in a cell: runs it as user 1000, who has a home there and no capabilities.
set -eu
export HOME=$1/home XDG_RUNTIME_DIR=/run/user/1000
shift
cd "$HOME"
exec setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all "$@"

#!/bin/sh
# run.sh RUNTIME BUNDLE: runs a bundle in the foreground.
set -eu
runtime=$1 bundle=$2
if [ "$(id -u)" != 0 ]; then
    echo "run.sh: running a container with cgroups of its own needs root" >&2
    exit 1
fi
case $runtime in
    */csrun) exec "$runtime" run "$bundle/" ;;
    *) exec "$runtime" run --bundle "$bundle" "$(basename "$bundle")-$$" ;;
esac

#!/bin/bash
# shim.sh DIRECTORY RUNTIME containerd|docker [FLAGS], in a cell: starts that engine with csrun's own shim first in its
# PATH, under the name of the reference's too, which docker 20.10 cannot do without. Once more, it starts one anew on the
# same state.
set -eu
cell=$1 runtime=$2 engine=$3
shift 3
mkdir -p "$cell/bin"
for name in containerd-shim-csrun-v2 containerd-shim-runc-v2; do
    ln -sfn "$runtime" "$cell/bin/$name"
done
exec "$(dirname "$0")/$engine.sh" "$cell" "$runtime" "$@"

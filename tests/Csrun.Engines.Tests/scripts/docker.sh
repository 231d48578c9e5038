#!/bin/bash
# docker.sh DIRECTORY RUNTIME [FLAGS], in a cell: starts dockerd with its state there and one runtime, and loads the
# image. Once more, it starts one anew on the same state, where the image is.
set -eu
cell=$1 runtime=$2
shift 2
mkdir -p "$cell/bin"
ln -sfn "$runtime" "$cell/bin/runc" # what BuildKit runs
cat >"$cell/daemon.json" <<JSON
{"data-root": "$cell/docker", "storage-driver": "overlay2", "exec-opts": ["native.cgroupdriver=cgroupfs"]}
JSON
PATH=$cell/bin:$PATH setsid dockerd --config-file "$cell/daemon.json" --default-runtime csrun --add-runtime csrun="$runtime" "$@" >>"$cell/engine.log" 2>&1 </dev/null &
for ((i = 0; i < 400; i++)); do
    ! /usr/bin/docker version >/dev/null 2>&1 || break
    sleep 0.05
done
[ ! -e "$cell/loaded" ] || exit 0
/usr/bin/docker load -i "$cell/bb.tar"
/usr/bin/docker tag localhost/bb bb
touch "$cell/loaded"

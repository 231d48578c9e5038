#!/bin/bash
# containerd.sh DIRECTORY RUNTIME [CONFIG], in a cell: starts containerd with its state there, and loads the image.
# CONFIG is a file of settings for Kubernetes' interface, which is off without it. Once more, it starts one anew on the
# same state, where the image is.
set -eu
cell=$1 config=${3:-}
mkdir -p "$cell/bin"
ln -sfn "$2" "$cell/bin/runc" # what containerd takes where a client names no runtime
{
    cat <<TOML
version = 2
root = "$cell/containerd"
state = "/run/containerd"
TOML
    [ -n "$config" ] || echo 'disabled_plugins = ["io.containerd.grpc.v1.cri"]'
    printf '[grpc]\n  address = "/run/containerd/containerd.sock"\n'
    [ -z "$config" ] || cat "$config"
} >"$cell/containerd.toml"
PATH=$cell/bin:$PATH setsid containerd --config "$cell/containerd.toml" >>"$cell/engine.log" 2>&1 </dev/null &
echo $! >/run/containerd.pid
until ctr version >/dev/null 2>&1 || [ $SECONDS -ge 60 ]; do
    sleep 0.05
done
[ ! -e "$cell/loaded" ] || exit 0
ctr ${config:+-n k8s.io} images import "$cell/bb.tar"
touch "$cell/loaded"

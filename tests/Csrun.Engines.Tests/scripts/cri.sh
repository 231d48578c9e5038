#!/bin/bash
# cri.sh DIRECTORY RUNTIME, in a cell: starts containerd with the interface that Kubernetes calls. Two handlers: csrun
# below Debian's shim, and csrun-shim, its own. Pods are held by an image that sleeps. Once more, it starts one anew.
set -eu
cell=$1 runtime=$2
mkdir -p "$cell/bin"
ln -sfn "$runtime" "$cell/bin/containerd-shim-csrun-v2"
cat >"$cell/cri.toml" <<TOML
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:latest"
  # What this machine may lack: CAP_SYS_RESOURCE and a controller.
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "csrun"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.csrun]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.csrun.options]
    BinaryName = "$runtime"
    SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.csrun-shim]
  runtime_type = "io.containerd.csrun.v2"
TOML
"$(dirname "$0")/containerd.sh" "$cell" "$runtime" "$cell/cri.toml"
[ ! -e "$cell/pause" ] || exit 0

mkdir "$cell/pause"
cd "$cell/pause"
tar -xf "$cell/bb.tar"
config=$(echo [0-9a-f]*[0-9a-f].json)
sed -i 's#"/bin/sh"#"/bin/sleep", "1000000"#' "$config"
renamed=$(sha256sum "$config" | cut -d' ' -f1).json
mv "$config" "$renamed"
sed -i "s#$config#$renamed#; s#localhost/bb#localhost/pause#" manifest.json
tar -cf ../pause.tar .
ctr -n k8s.io images import "$cell/pause.tar"

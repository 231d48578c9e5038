#!/bin/bash
# podman.sh [--configure-only] DIRECTORY RUNTIME, in a cell: points podman and buildah at one runtime, with their state
# there, and loads the image. The limits are the defaults' as far as the machine's own capabilities go.
set -eu
load=1
[ "$1" != --configure-only ] || { load=0; shift; }
cell=$1
mkdir -p /etc/containers
cat >/etc/containers/containers.conf <<TOML
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "csrun"
runtime_supports_json = ["csrun", "crun", "runc"]
runtime_supports_nocgroup = ["csrun", "crun"]
[engine.runtimes]
csrun = ["$2"]
[network]
network_backend = "netavark"
TOML
cat >/etc/containers/storage.conf <<TOML
[storage]
driver = "overlay"
graphroot = "$cell/storage"
runroot = "/run/containers/storage"
TOML
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
[ $load = 0 ] || podman load -i "$cell/bb.tar"

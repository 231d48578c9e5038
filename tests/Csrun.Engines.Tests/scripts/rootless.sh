#!/bin/bash
# rootless.sh DIRECTORY RUNTIME, in a cell: points podman of user 1000 at one runtime, with its state there, and loads the
# image.
set -eu
cell=$1
"$(dirname "$0")/podman.sh" --configure-only "$cell" "$2"
install -d -o 1000 -g 1000 -m 700 "$cell/home" /run/user /run/user/1000
cat >/etc/containers/storage.conf <<TOML
[storage]
driver = "overlay"
TOML
"$(dirname "$0")/as-user.sh" "$cell" podman load -i "$cell/bb.tar"

#!/bin/bash
# documented.sh DIRECTORY RUNTIME SECTION, in a cell: does what that section of docs/using-engines.md says. Blocks with
# a path become files, and the commands of the others run. Around it only what this machine needs: state off the
# overlays, an image instead of a registry's, limits that its capabilities allow.
set -eu
cell=$1 runtime=$2 section=$3
page=$(dirname "$0")/../../../docs/using-engines.md
mkdir -p "$cell/overlay/local/upper" "$cell/overlay/local/work"
mount -t overlay -o "lowerdir=/usr/local,upperdir=$cell/overlay/local/upper,workdir=$cell/overlay/local/work" \
    overlay /usr/local
rm -f /usr/local/bin/docker
install -m 755 "$runtime" /usr/local/bin/csrun
ln -s csrun /usr/local/bin/containerd-shim-csrun-v2

# blocks: lines of this section's fenced blocks, each after the block's path or "sh".
blocks() {
    awk -v section="## $section" '
        /^## / { inside = $0 == section }
        /^```/ { target = open || !inside ? "" : $2 != "" ? $2 : $1 == "```sh" ? "sh" : ""; open = !open; next }
        target != "" { print target "\t" $0 }' "$page"
}

for file in $(blocks | cut -f1 | sort -u); do
    [ "$file" != sh ] || continue
    mkdir -p "$(dirname "$file")"
    blocks | sed -n "s|^$file\t||p" >"$file"
done
blocks | sed -n 's|^sh\t||p' >"$cell/commands.sh"
[ -s "$cell/commands.sh" ]

case $section in
    docker)
        setsid dockerd --data-root "$cell/docker" >"$cell/engine.log" 2>&1 </dev/null &
        answers="docker version"
        load="docker load -i $cell/bb.tar && docker tag localhost/bb busybox"
        ;;
    podman | buildah)
        mkdir -p /etc/containers/containers.conf.d
        cat >/etc/containers/containers.conf.d/machine.conf <<TOML
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
TOML
        printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "/run/containers/storage"\n' "$cell/storage" \
            >/etc/containers/storage.conf
        answers="podman version"
        load="podman load -i $cell/bb.tar && podman tag localhost/bb localhost/busybox"
        ;;
    containerd)
        setsid containerd --root "$cell/containerd" >"$cell/engine.log" 2>&1 </dev/null &
        answers="ctr version"
        load="ctr images import --base-name x $cell/bb.tar && ctr images tag localhost/bb:latest docker.io/library/busybox:latest"
        ;;
esac
for ((i = 0; i < 400; i++)); do
    ! $answers >/dev/null 2>&1 || break
    sleep 0.05
done
eval "$load" >"$cell/load.log" 2>&1 || { cat "$cell/load.log" "$cell/engine.log" >&2; exit 1; }
exec bash -eu "$cell/commands.sh"

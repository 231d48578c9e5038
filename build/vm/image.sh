#!/bin/bash
# image.sh: makes the guest that `make test-vm` boots from Debian's packages: its kernel, an initial ram disk and an
# ext4 image with systemd, runc, crun and AppArmor. Prints the directory. It is kept in
# ${XDG_CACHE_HOME:-~/.cache}/csrun/guest under a key of what it is made from: these files, the packages' names, and the
# architecture. Needs root, mmdebstrap and e2fsprogs.
set -euo pipefail
cd "$(dirname "$0")"
suite=bookworm
kernel=linux-image-cloud-amd64
packages=systemd,systemd-sysv,libpam-systemd,dbus,dbus-user-session,kmod,runc,crun,apparmor,busybox-static,uidmap
packages=$packages,util-linux,mount,procps,iproute2,jq,strace,criu,bpftool,podman,conmon,containerd,secilc

cache=${XDG_CACHE_HOME:-$HOME/.cache}/csrun/guest
key=$({ cat ./*; echo "$suite $kernel $packages"; } | sha256sum | cut -c1-16)
image=$cache/$key
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ -e "$image/done" ]; then
    touch "$image"
    echo "$image"
    exit 0
fi

# Those that nobody asked for in a week were made from files that are gone.
find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +7 -exec rm -rf {} +
work=$cache/making
trap 'rm -rf "$work"' EXIT
rm -rf "$work"
mkdir -p "$work"

# The archives are those that this machine uses already.
archive() {
    awk -v security="$1" '/^URIs:/ { uri = $2 } /^Suites:/ && uri ~ /debian/ && ((/security/ ? 1 : 0) == security) { print uri; exit }' \
        /etc/apt/sources.list.d/*.sources 2>/dev/null || true
}
main=$(archive 0) security=$(archive 1)
main=${main:-http://deb.debian.org/debian} security=${security:-http://deb.debian.org/debian-security}

mmdebstrap --quiet --mode=root --format=directory --variant=essential --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='force-unsafe-io' \
    --customize-hook="./kernel.sh $kernel \"\$1\" '$work'" --customize-hook='./configure.sh "$1"' \
    "$suite" "$work/root" \
    "deb $main $suite main" "deb $main $suite-updates main" "deb $security $suite-security main" >&2

./initrd.sh "$work/root" "$work"
size=$(du -sm "$work/root" | cut -f1)
truncate -s $((size + 500))M "$work/root.ext4"
mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=1,nodiscard -m 0 -d "$work/root" "$work/root.ext4"
mkdir -p "$image"
mv "$work/vmlinuz" "$work/initrd.gz" "$work/root.ext4" "$image/"
touch "$image/done"
echo "$image"

#!/bin/sh
# setup.sh build|run|test|compare: installs what Debian has and this machine lacks for that purpose. Quiet when there is
# nothing to do; without root it says what is missing.
set -eu
packages="gcc binutils libc6-dev"
engines="util-linux iproute2 iptables containerd docker.io docker-registry podman conmon buildah"
engines="$engines netavark aardvark-dns catatonit slirp4netns fuse-overlayfs uidmap"
guests="qemu-system-x86 mmdebstrap e2fsprogs xz-utils"
case "${1:?build, run, test or compare}" in
    build) ;;
    run) packages="$packages busybox-static" ;;
    test) packages="$packages busybox-static libseccomp2 strace runc $engines $guests" ;;
    compare) packages="$packages busybox-static strace runc crun $engines" ;;
    *) echo "setup.sh: unknown purpose $1" >&2; exit 2 ;;
esac

command -v dotnet >/dev/null || { echo "setup.sh: the .NET SDK named in global.json is not installed" >&2; exit 1; }

# Where version 1 is in use, crun wants every controller that the kernel has in a hierarchy of its own, and so do the tests
# of hugepageLimits.
hugetlb=/sys/fs/cgroup/hugetlb
if [ "$1" != build ] && [ "$1" != run ] && [ "$(id -u)" = 0 ] && [ -d /sys/fs/cgroup/memory ] &&
    ! mountpoint -q $hugetlb; then
    mkdir -p $hugetlb
    mount -t cgroup -o hugetlb cgroup $hugetlb
fi

missing=
for package in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "setup.sh: not installed, and only root can install them:$missing" >&2
    exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >/tmp/csrun-setup.$$ 2>&1 || {
    cat /tmp/csrun-setup.$$ >&2
    rm -f /tmp/csrun-setup.$$
    exit 1
}
rm -f /tmp/csrun-setup.$$

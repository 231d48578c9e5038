#!/bin/bash
# kernel.sh PACKAGE ROOT DIRECTORY: called by mmdebstrap. Puts the package's newest kernel as DIRECTORY/vmlinuz and its
# modules below ROOT. Unpacked, not installed: that would make an initial ram disk which is not used.
set -euo pipefail
package=$1 root=$2 directory=$3
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
real=$(apt-cache depends "$package" | awk '/Depends: linux-image/ { print $2; exit }')
mkdir -p "$directory/kernel"
cd "$directory"
apt-get -q download "$real" >&2
dpkg -x linux-image-*.deb kernel
version=$(ls kernel/lib/modules)
mv kernel/boot/vmlinuz-* vmlinuz
mkdir -p "$root/lib/modules"
mv "kernel/lib/modules/$version" "$root/lib/modules/"
rm -rf kernel linux-image-*.deb

# What a guest without devices never loads.
rm -rf "$root/lib/modules/$version/kernel/sound" "$root/lib/modules/$version/kernel/drivers/"{gpu,media,scsi,hid,ata,nvme,md,usb}
chroot "$root" depmod -a "$version"

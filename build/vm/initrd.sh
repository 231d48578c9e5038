#!/bin/bash
# initrd.sh ROOT DIRECTORY: DIRECTORY/initrd.gz, of busybox and the modules that reach the root disk.
set -euo pipefail
root=$1 tree=$2/initrd
mkdir -p "$tree"/{bin,dev,proc,sys,new,modules}
cp "$root/bin/busybox" "$tree/bin/"
install -m 0755 initrd-init "$tree/init"
for module in $(sed -n 's/^modules="\(.*\)"$/\1/p' initrd-init); do
    file=$(find "$root/lib/modules" -name "$module.ko*" -print -quit)
    case $file in
        '') ;; # built into the kernel
        *.xz) xz -dc "$file" >"$tree/modules/$module.ko" ;;
        *) cp "$file" "$tree/modules/$module.ko" ;;
    esac
done
(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$2/initrd.gz"

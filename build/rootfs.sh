#!/bin/sh
# rootfs.sh DIRECTORY: makes a root filesystem of Debian's static busybox there, unless there is one.
set -eu
root=$1
[ -e "$root/bin/busybox" ] && exit 0
mkdir -p "$root"
for directory in bin dev etc home proc root run sys tmp usr/bin var; do
    mkdir -p "$root/$directory"
done
chmod 1777 "$root/tmp"
cp /bin/busybox "$root/bin/busybox"
for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
done
printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"

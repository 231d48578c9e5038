#!/bin/bash
# configure.sh ROOT: called by mmdebstrap. What the guest is beside its packages: it runs the jobs on its second disk and
# powers off; a user with a manager of its own and delegated controllers; a root file system for containers.
set -euo pipefail
root=$1
echo guest >"$root/etc/hostname"
: >"$root/etc/fstab"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
printf '%s\n' overlay loop bfq >"$root/etc/modules-load.d/guest.conf"

chroot "$root" useradd -m -u 1000 -s /bin/bash user
grep -q '^user:' "$root/etc/subuid" || chroot "$root" usermod -v 100000-165535 -w 100000-165535 user
mkdir -p "$root/var/lib/systemd/linger" "$root/etc/systemd/system/user@.service.d"
: >"$root/var/lib/systemd/linger/user"
printf '[Service]\nDelegate=cpu cpuset io memory pids\n' >"$root/etc/systemd/system/user@.service.d/delegate.conf"

# busybox is all that the containers have.
bundle=$root/srv/rootfs
mkdir -p "$bundle"/{bin,proc,sys,dev,etc,tmp}
cp "$root/bin/busybox" "$bundle/bin/"
for applet in sh cat sleep true echo ls id mount grep head stat touch dd wc test readlink mkdir mknod rm; do
    ln -s busybox "$bundle/bin/$applet"
done

install -m 0644 guest.service guest.target "$root/etc/systemd/system/"
install -m 0755 guest-run guest-bare "$root/usr/local/sbin/"
install -m 0644 guest-apparmor "$root/etc/apparmor.d/csrun-guest"
ln -sfn guest.target "$root/etc/systemd/system/default.target"

# What only costs time at boot: the emulator starts a program in some 20 ms.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
    fstrim.timer systemd-timesyncd.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
    systemd-random-seed.service systemd-firstboot.service systemd-journal-flush.service systemd-pstore.service \
    getty@tty1.service getty.target serial-getty@ttyS0.service console-getty.service \
    dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    systemd-binfmt.service proc-sys-fs-binfmt_misc.automount modprobe@.service \
    systemd-tmpfiles-clean.timer systemd-machine-id-commit.service systemd-boot-system-token.service \
    systemd-udevd.service systemd-udev-trigger.service systemd-hwdb-update.service; do
    ln -sfn /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/etc/systemd/system.conf.d" "$root/etc/systemd/journald.conf.d"
printf '[Manager]\nDefaultTimeoutStartSec=240s\nStatusUnitFormat=name\n' >"$root/etc/systemd/system.conf.d/guest.conf"
printf '[Journal]\nStorage=volatile\nForwardToConsole=no\n' >"$root/etc/systemd/journald.conf.d/guest.conf"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root/usr/share/zoneinfo" "$root/usr/share/i18n"
rm -f "$root"/usr/bin/containerd-shim "$root/usr/bin/containerd-shim-runc-v1" # the shims of other runtimes than the jobs'

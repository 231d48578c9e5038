# podman with csrun as its runtime and systemd as the maker of cgroups: its default on such a host.

limited="--rm --network none --memory 64m --memory-swap 64m --pids-limit 50 --cpus 0.5 --rootfs"
show='cat /proc/self/cgroup; cd /sys/fs/cgroup && cat memory.max memory.swap.max pids.max cpu.max'

test_as_root() {
    cp -a /srv/rootfs "$work/rootfs"
    # shellcheck disable=SC2086
    out=$(timeout 100 podman --runtime /usr/local/bin/csrun --cgroup-manager systemd run $limited "$work/rootfs" sh -c "$show" 2>&1)
    equal limits "$(echo $out)" "0::/ 67108864 0 50 50000 100000"
    [ -z "$(ls -d $top/machine.slice/libpod-*.scope/ 2>/dev/null | grep -v conmon)" ] || fail "a scope is left: $(ls $top/machine.slice)"
}

test_as_a_user() {
    systemctl start user@1000.service
    cp -a /srv/rootfs "$work/rootfs"
    chown -R 1000:1000 "$work"
    # shellcheck disable=SC2086
    out=$(cd /tmp && timeout 100 setpriv --reuid 1000 --regid 1000 --init-groups env HOME=/home/user \
        XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus \
        podman --runtime /usr/local/bin/csrun --cgroup-manager systemd run $limited "$work/rootfs" sh -c "$show" 2>&1)
    has limits "$(echo $out)" "0::/ 67108864 0 50 50000 100000"
}

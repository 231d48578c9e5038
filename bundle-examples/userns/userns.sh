# Who root is in a user namespace. Runs inside, on busybox alone.
row() { printf '  %-13s %s\n' "$1" "$2"; }
printf '\n'
row 'user' "uid $(id -u), gid $(id -g)"
row 'on the host' "uid $(awk '$1 == 0 { print $2 }' /proc/self/uid_map), gid $(awk '$1 == 0 { print $2 }' /proc/self/gid_map)"
row 'ids' "$(awk '{ print $3 }' /proc/self/uid_map) of them, from 0"
row 'capabilities' "$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) effective, inside only"
row '/bin/busybox' "belongs to uid $(stat -c %u /bin/busybox): root of the host is nobody here"

: >/tmp/file && chown 1000 /tmp/file && row 'chown' "a file of its own to uid $(stat -c %u /tmp/file): works"
hostname other && row 'hostname' "to \"$(hostname)\": works, the uts namespace is its own"
mknod /tmp/disk b 8 0 2>/dev/null || row 'mknod' 'of a disk: refused'
printf '\n'

#!/bin/bash
# traces.sh, in a cell: what its containers leave there: directories below the runtime's state roots, cgroups, processes,
# mounts. One a line; processes by name, since their numbers say nothing. Without what engines start for themselves: a
# shim that its containerd forgot, the mount of podman's storage on itself, docker's network namespaces, and the layer that
# docker writes files to before it calls a runtime, whose mount it forgets when it is killed then.
set -eu
shopt -s nullglob
for directory in /run/{csrun,runc,crun,containerd/runc,docker/runtime-runc}/* /run/{containerd/runc,docker/runtime-runc}/*/*; do
    echo "state $directory"
done
for top in $(awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts); do
    find "$top" -mindepth 1 -type d -printf 'cgroup %p\n' 2>/dev/null || true
done
for directory in /proc/[0-9]*; do
    { read -r stat <"$directory/stat"; } 2>/dev/null || continue
    name=${stat#*(}
    parent=${stat##*) ? }
    # Who came by cell.sh has no parent in here, and this script's children are its own.
    case ${parent%% *} in 0 | $$) continue ;; esac
    case ${name%)*} in containerd-shim) ;; *) echo "process ${name%)*}" ;; esac
done
cut -d' ' -f5 /proc/self/mountinfo | sed '/\/storage\/overlay$/d; /\/overlay2\/[^/]*-init\/merged$/d; /^\/run\/docker\/netns/d; s/^/mount /'

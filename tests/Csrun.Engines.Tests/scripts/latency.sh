#!/bin/bash
# latency.sh ENGINE ROUNDS NAME=RUNTIME..., in a cell with that engine: how long a container that does nothing takes, one
# runtime after the other in each round. RUNTIME is a path, or the name of a shim of containerd's. Prints "NAME
# NANOSECONDS" lines; the first round only warms up.
set -eu
engine=$1 rounds=$2
shift 2
for ((round = 0; round <= rounds; round++)); do
    for pair in "$@"; do
        name=${pair%%=*} runtime=${pair#*=}
        case $engine in
            docker) command=(/usr/bin/docker run --rm --network none --runtime "$name" bb true) ;;
            podman) command=(podman --runtime "$runtime" run --rm --network none localhost/bb true) ;;
            buildah) command=(buildah run --runtime "$runtime" --isolation oci bb-working-container true) ;;
            containerd)
                flags=(--runtime io.containerd.runc.v2 --runc-binary "$runtime")
                [[ $runtime != io.containerd.* ]] || flags=(--runtime "$runtime")
                command=(ctr run --rm "${flags[@]}" localhost/bb:latest "$name$round" true)
                ;;
        esac
        from=$(date +%s%N)
        "${command[@]}" >/dev/null 2>"/tmp/latency.$$" </dev/null || { cat "/tmp/latency.$$" >&2; exit 1; }
        to=$(date +%s%N)
        [ "$round" = 0 ] || echo "$name $((to - from))"
    done
done
rm -f "/tmp/latency.$$"

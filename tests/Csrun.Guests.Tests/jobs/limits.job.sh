# Limits as control files of cgroup v2.

test_memory() {
    csrun_with '.linux.resources.memory = {limit: 67108864, reservation: 33554432, swap: 100663296}'
    holds memory.max 67108864
    holds memory.low 33554432
    holds memory.swap.max 33554432
    beside "runc crun" memory.max memory.low memory.swap.max
}

test_memory_without_limit() {
    csrun_with '.linux.resources.memory = {limit: -1, swap: -1}'
    holds memory.max max
    holds memory.swap.max max
    beside "runc crun" memory.max memory.swap.max
}

test_cpu() {
    csrun_with '.linux.resources.cpu = {shares: 1024, quota: 50000, period: 200000, cpus: "1", mems: "0"}'
    holds cpu.max "50000 200000"
    holds cpuset.cpus 1
    holds cpuset.cpus.effective 1
    holds cpuset.mems 0
    beside "runc crun" cpu.max cpuset.cpus cpuset.mems
}

# Debian's runc and crun have the straight line of 2020, later ones the curve that leaves 1024 at 100.
test_cpu_weight() {
    csrun_with '.linux.resources.cpu = {shares: 1024}'
    holds cpu.weight 100
    csrun update --cpu-share 2 "$test"
    holds cpu.weight 1
    csrun update --cpu-share 262144 "$test"
    holds cpu.weight 10000
}

test_cpu_idle_and_burst() {
    csrun_with '.linux.resources.cpu = {idle: 1, burst: 20000, quota: 50000, period: 100000}'
    holds cpu.idle 1
    holds cpu.max.burst 20000
    beside crun cpu.idle
}

test_pids() {
    csrun_with '.linux.resources.pids = {limit: 64}'
    holds pids.max 64
    beside "runc crun" pids.max
    csrun update --pids-limit -1 "$test"
    holds pids.max max
}

test_block_throttling() {
    csrun_with '.linux.resources.blockIO = {
        throttleReadBpsDevice: [{major: 254, minor: 0, rate: 1048576}],
        throttleWriteIOPSDevice: [{major: 254, minor: 0, rate: 500}]}'
    holds io.max "254:0 rbps=1048576 wbps=max riops=max wiops=500"
    beside "runc crun" io.max
}

test_block_weight() {
    csrun_with '.linux.resources.blockIO = {weight: 500}'
    if [ -e "$cgroup/io.bfq.weight" ]; then
        holds io.bfq.weight "default 500"
        beside "runc crun" io.bfq.weight
    else
        holds io.weight "default 4950"
        beside "runc crun" io.weight
    fi
}

test_huge_pages() {
    csrun_with '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]'
    holds hugetlb.2MB.max 4194304
    holds hugetlb.2MB.rsvd.max 4194304
    beside "runc crun" hugetlb.2MB.max
}

test_rdma_of_a_missing_device() {
    bundle '.linux.resources.rdma = {mlx5_1: {hcaHandles: 3, hcaObjects: 10000}}'
    place "/guest/$test"
    refused "linux.resources.rdma.mlx5_1" csrun run -b "$bundle" "$test"
    gone "$top/guest/$test"
}

test_unified() {
    csrun_with '.linux.resources.unified = {"memory.high": "50331648", "pids.max": "17", "cpu.weight.nice": "5",
        "memory.oom.group": "1"}'
    holds memory.high 50331648
    holds pids.max 17
    holds cpu.weight.nice 5
    holds memory.oom.group 1
    beside "runc crun" memory.high pids.max cpu.weight.nice memory.oom.group
}

test_unified_wins() {
    csrun_with '.linux.resources.pids = {limit: 64} | .linux.resources.unified = {"pids.max": "17"}'
    holds pids.max 17
}

test_unified_misc_of_a_missing_resource() {
    bundle '.linux.resources.unified = {"misc.max": "sev 3"}'
    place "/guest/$test"
    refused "linux.resources.unified.misc.max" csrun run -b "$bundle" "$test"
    gone "$top/guest/$test"
}

test_unified_paths() {
    local file
    for file in ../pids.max cgroup.procs cgroup.threads nosuch.max pidsmax; do
        bundle ".linux.resources.unified = {\"$file\": \"1\"}"
        place "/guest/$test"
        refused "linux.resources.unified" csrun run -b "$bundle" "$test"
    done
    gone "$top/guest/$test"
}

test_no_counterpart_in_v2() {
    bundle '.linux.resources.memory = {limit: 67108864, swappiness: 60}'
    place "/guest/$test"
    refused "linux.resources.memory.swappiness" csrun run -b "$bundle" "$test"
}

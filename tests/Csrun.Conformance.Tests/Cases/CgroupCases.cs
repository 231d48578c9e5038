namespace Csrun.Conformance.Tests;

/// <summary>linux.cgroupsPath and linux.resources, as the files of cgroup version 1 show them.</summary>
public sealed class CgroupCases : CaseTest
{
    private const string Path = "grep -E ':(pids|memory):' /proc/$PID/cgroup | cut -d: -f3 | sort -u | sed s,$N,N,";
    private const string Open = "/bin/tool open /dev/x w";

    // What the cases left below a name of their own, deepest first.
    private const string Clean =
        "find /sys/fs/cgroup -depth -type d -name \"*$N*\" -exec find {} -depth -type d -delete \\;";

    private static readonly Case[] s_cases =
    [
        Case.Refused("LNX-CG-01 LNX-CG-02", "a cgroup that has members already", "linux.cgroupsPath='/$N'",
            "linux.cgroupsPath='/$N-other'") with
        {
            Host = "mkdir /sys/fs/cgroup/pids/$N; sleep 100 >$W/out 2>&1 & echo $! >$W/pid; "
                + "cp $W/pid /sys/fs/cgroup/pids/$N/cgroup.procs",
            Undo = "kill $(cat $W/pid); while grep -q . /sys/fs/cgroup/pids/$N/cgroup.procs; do sleep 0.01; done; "
                + Clean,
        },
        At("LNX-CGP-01 LNX-CGP-02 LNX-CGP-03 LNX-CGP-05", "an absolute path", "linux.cgroupsPath='/$N'", Path, "/N",
            "linux.cgroupsPath='/$N-x'"),
        At("LNX-CGP-02 LNX-CGP-04", "a relative path", "linux.cgroupsPath='$N/rel'", Path, "~/N/rel$",
            "linux.cgroupsPath='$N/other'"),
        At("LNX-CGP-06", "a place of its own where none is given", "", "grep -c \"pids:.*/$ID$\" /proc/$PID/cgroup",
            "1",
            "linux.cgroupsPath='/$N'"),
        Case.Refused("LNX-CGP-07 LNX-CGP-08", "a path that leaves the tree", "linux.cgroupsPath='/../../$N'",
            "linux.cgroupsPath='/$N'", "linux.cgroupsPath") with { Undo = Clean },
        At("LNX-CGP-09", "missing cgroups are made", "linux.cgroupsPath='/$N/a/b'",
            "for c in pids memory cpu devices; do [ -e /sys/fs/cgroup/$c/$N/a/b/tasks ] && echo $c; done | wc -l", "4",
            "linux.cgroupsPath='/$N/a'"),
        At("LNX-CGP-11", "limits of a cgroup that was there stay without resources",
            "linux.cgroupsPath='/$N' ; linux.resources-", "cg pids pids.max", "77",
            "linux.cgroupsPath='/$N' ; linux.resources={'pids':{'limit':5}}")
            with { Host = "mkdir -p /sys/fs/cgroup/pids/$N; echo 77 >/sys/fs/cgroup/pids/$N/pids.max" },
        At("LNX-CGO-02", "version 1: the owner stays root",
            "linux.namespaces+={'type':'user'} ; linux.uidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; "
            + "linux.gidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; "
            + "linux.namespaces+={'type':'cgroup'} ; "
            + "mounts.6.options=['nosuid','noexec','nodev'] ; linux.cgroupsPath='/$N'",
            "stat -c %u $(at pids) $(at pids)/cgroup.procs | sort -u", "0", "linux.cgroupsPath='/$N'")
            with { BrokenHost = "mkdir /sys/fs/cgroup/pids/$N; chown 100000 /sys/fs/cgroup/pids/$N" },

        Rule("LNX-RDV-01 LNX-RDV-02", "later rules override",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':1,'minor':11,'access':'rwm'}", "open",
            "{'allow':true,'type':'c','major':1,'minor':11,'access':'rwm'},{'allow':false,'access':'rwm'}"),
        Case.Refused("LNX-RDV-03", "no word whether to allow", "linux.resources.devices=[{'access':'rwm'}]",
            "linux.resources.devices=[{'allow':false,'access':'rwm'}]", "linux.resources.devices[0].allow"),
        Rule("LNX-RDV-04", "the type b is not c",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'b','major':1,'minor':11,'access':'rwm'}", "EPERM",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':1,'minor':11,'access':'rwm'}"),
        Rule("LNX-RDV-04 LNX-RDV-05", "the type a, and none, are all",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'a','access':'rwm'}", "open",
            "{'allow':true,'type':'a','access':'rwm'},{'allow':false,'access':'rwm'}"),
        Rule("LNX-RDV-06", "no major number is any",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','minor':11,'access':'rwm'}", "open",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','minor':12,'access':'rwm'}"),
        Rule("LNX-RDV-07", "no minor number is any",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':1,'access':'rwm'}", "open",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':2,'access':'rwm'}"),
        Rule("LNX-RDV-08", "r alone is not w",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':1,'minor':11,'access':'rm'}", "EPERM",
            "{'allow':false,'access':'rwm'},{'allow':true,'type':'c','major':1,'minor':11,'access':'mwr'}"),
        Case.Refused("LNX-RDV-04", "a type that nobody knows",
            "linux.resources.devices=[{'allow':true,'type':'p','access':'rwm'}]",
            "linux.resources.devices=[{'allow':true,'type':'c','access':'rwm'}]", "linux.resources.devices[0].type"),
        Case.Refused("LNX-RDV-08", "an access that nobody knows",
            "linux.resources.devices=[{'allow':true,'access':'x'}]",
            "linux.resources.devices=[{'allow':true,'access':'r'}]", "linux.resources.devices[0].access"),
        Case.Inside("LNX-RDV-09", "the default devices and mknod stay allowed whatever is denied",
            "root.readonly=false ; process.capabilities={'bounding':['CAP_MKNOD'],'effective':['CAP_MKNOD'],"
            + "'permitted':['CAP_MKNOD']}",
            "echo x >/dev/null; head -c 1 /dev/zero | wc -c; mknod /n c 7 7 && echo made",
            "1\nmade", "root.readonly=false"),

        File("LNX-MEM-01 LNX-MEM-03", "memory={'limit':67108864}", "memory memory.limit_in_bytes", "67108864"),
        File("LNX-MEM-02", "memory={'limit':-1}", "memory memory.limit_in_bytes", "9223372036854771712",
            "memory={'limit':67108864}"),
        File("LNX-MEM-04", "memory={'reservation':33554432}", "memory memory.soft_limit_in_bytes", "33554432"),
        File("LNX-MEM-05", "memory={'limit':67108864,'swap':134217728}", "memory memory.memsw.limit_in_bytes",
            "134217728"),
        Case.Refused("LNX-MEM-05", "less swap and memory than memory",
            "linux.resources.memory={'limit':67108864,'swap':33554432}",
            "linux.resources.memory={'limit':67108864,'swap':67108864}", "linux.resources.memory.swap"),
        File("LNX-MEM-07", "memory={'kernelTCP':8388608}", "memory memory.kmem.tcp.limit_in_bytes", "8388608"),
        File("LNX-MEM-08", "memory={'swappiness':33}", "memory memory.swappiness", "33"),
        Case.Refused("LNX-MEM-08", "a swappiness of 101", "linux.resources.memory={'swappiness':101}",
            "linux.resources.memory={'swappiness':100}", "linux.resources.memory.swappiness"),
        File("LNX-MEM-09", "memory={'disableOOMKiller':true}", "memory memory.oom_control",
            "~oom_kill_disable 1"),
        File("LNX-MEM-10", "memory={'useHierarchy':true}", "memory memory.use_hierarchy", "1",
            "memory={'useHierarchy':5}"),
        File("LNX-CPU-01 LNX-CPU-02", "cpu={'shares':345}", "cpu cpu.shares", "345"),
        File("LNX-CPU-03", "cpu={'quota':50000}", "cpu cpu.cfs_quota_us", "50000"),
        Case.Refused("LNX-CPU-04 LNX-CPU-05 LNX-CPU-07 LNX-CPU-08", "a burst beyond the quota",
            "linux.resources.cpu={'quota':10000,'burst':20000}", "linux.resources.cpu={'quota':20000,'burst':20000}"),
        File("LNX-CPU-06", "cpu={'quota':50000,'burst':20000}", "cpu cpu.cfs_burst_us", "20000"),
        File("LNX-CPU-09", "cpu={'quota':50000,'period':200000}", "cpu cpu.cfs_period_us", "200000"),
        File("LNX-CPU-10", "cpu={'realtimeRuntime':5000,'realtimePeriod':1000000}", "cpu cpu.rt_runtime_us", "5000"),
        File("LNX-CPU-11", "cpu={'realtimePeriod':500000}", "cpu cpu.rt_period_us", "500000"),
        File("LNX-CPU-12", "cpu={'cpus':'0'}", "cpuset cpuset.cpus", "0"),
        Case.Refused("LNX-CPU-12", "a processor that is not there", "linux.resources.cpu={'cpus':'500'}",
            "linux.resources.cpu={'cpus':'0'}"),
        File("LNX-CPU-13", "cpu={'mems':'0'}", "cpuset cpuset.mems", "0", "cpu={'mems':'9'}"),
        File("LNX-CPU-14", "cpu={'idle':1}", "cpu cpu.idle", "1"),

        File("LNX-BIO-01 LNX-BIO-02", "blockIO={'weight':345}", "blkio blkio.bfq.weight", "345"),
        File("LNX-BIO-11 LNX-BIO-12 LNX-BIO-13",
            "blockIO={'throttleReadBpsDevice':[{'major':254,'minor':0,'rate':1048576}]}",
            "blkio blkio.throttle.read_bps_device", "254:0 1048576"),
        File("LNX-BIO-11", "blockIO={'throttleWriteBpsDevice':[{'major':254,'minor':0,'rate':2097152}]}",
            "blkio blkio.throttle.write_bps_device", "254:0 2097152"),
        File("LNX-BIO-14 LNX-BIO-15 LNX-BIO-16",
            "blockIO={'throttleReadIOPSDevice':[{'major':254,'minor':0,'rate':100}]}",
            "blkio blkio.throttle.read_iops_device", "254:0 100"),
        File("LNX-BIO-14", "blockIO={'throttleWriteIOPSDevice':[{'major':254,'minor':0,'rate':200}]}",
            "blkio blkio.throttle.write_iops_device", "254:0 200"),
        Case.Refused("LNX-BIO-02", "a weight beyond 1000", "linux.resources.blockIO={'weight':1001}",
            "linux.resources.blockIO={'weight':1000}"),
        Case.Refused("LNX-BIO-09", "a device without a weight",
            "linux.resources.blockIO={'weightDevice':[{'major':254,'minor':0}]}",
            "linux.resources.blockIO={'weightDevice':[]}", "linux.resources.blockIO.weightDevice[0]"),
        Missing("LNX-BIO-05", "weightDevice", "'minor':0,'weight':10", "major"),
        Missing("LNX-BIO-06", "weightDevice", "'major':254,'weight':10", "minor"),
        Missing("LNX-BIO-12", "throttleReadBpsDevice", "'minor':0,'rate':10", "major"),
        Missing("LNX-BIO-12", "throttleWriteBpsDevice", "'major':254,'rate':10", "minor"),
        Missing("LNX-BIO-13", "throttleReadBpsDevice", "'major':254,'minor':0", "rate"),
        Missing("LNX-BIO-15", "throttleReadIOPSDevice", "'minor':0,'rate':10", "major"),
        Missing("LNX-BIO-15", "throttleWriteIOPSDevice", "'major':254,'rate':10", "minor"),
        Missing("LNX-BIO-16", "throttleReadIOPSDevice", "'major':254,'minor':0", "rate"),

        File("LNX-HUG-01 LNX-HUG-02 LNX-HUG-04 LNX-HUG-06", "hugepageLimits=[{'pageSize':'2MB','limit':4194304}]",
            "hugetlb hugetlb.2MB.rsvd.limit_in_bytes", "4194304"),
        File("LNX-HUG-07", "hugepageLimits=[{'pageSize':'1GB','limit':1073741824}]",
            "hugetlb hugetlb.1GB.limit_in_bytes", "1073741824"),
        Case.Refused("LNX-HUG-04", "no page size", "linux.resources.hugepageLimits=[{'limit':0}]",
            "linux.resources.hugepageLimits=[{'limit':0,'pageSize':'2MB'}]",
            "linux.resources.hugepageLimits[0].pageSize"),
        Case.Refused("LNX-HUG-05", "a page size that the kernel has not",
            "linux.resources.hugepageLimits=[{'pageSize':'3MB','limit':0}]",
            "linux.resources.hugepageLimits=[{'pageSize':'2MB','limit':0}]", "linux.resources.hugepageLimits[0]"),
        Case.Refused("LNX-HUG-07", "no limit", "linux.resources.hugepageLimits=[{'pageSize':'2MB'}]",
            "linux.resources.hugepageLimits=[{'pageSize':'2MB','limit':0}]", "linux.resources.hugepageLimits[0].limit"),

        File("LNX-PID-01 LNX-PID-02", "pids={'limit':55}", "pids pids.max", "55"),
        File("LNX-PID-02", "pids={'limit':-1}", "pids pids.max", "max", "pids={'limit':55}"),
        File("LNX-PID-03", "pids={'limit':0}", "pids pids.max", "~^[01]$"),
        Case.Refused("LNX-UNI-01", "unified needs version 2", "linux.resources.unified={'memory.high':'1000000'}",
            "linux.resources.unified={}", "linux.resources.unified"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static Case At(string ids, string what, string set, string script, string sees, string broken) =>
        Case.Outside(ids, what, set, script, sees, broken) with { Undo = Clean };

    /// <summary>A file of the container's cgroup after create: "controller file".</summary>
    private static Case File(string ids, string set, string file, string sees, string? broken = null) =>
        Case.Outside(ids, set, "linux.resources." + set, "cg " + file, sees,
            broken is null ? "" : "linux.resources." + broken);

    private static Case Rule(string ids, string what, string rules, string sees, string broken)
    {
        const string Node =
            "linux.devices=[{'path':'/dev/x','type':'c','major':1,'minor':11}] ; linux.resources.devices=";
        Case entry = Case.Inside(ids, what, $"{Node}[{rules}]", Open, sees, $"{Node}[{broken}]");
        return entry with { Host = "cp $T/tool $R/bin/" };
    }

    private static Case Missing(string id, string list, string members, string name)
    {
        string place = "linux.resources.blockIO." + list;
        return Case.Refused(id, $"{list}: no {name}", $"{place}=[{{{members}}}]", $"{place}=[]", $"{place}[0].{name}");
    }
}

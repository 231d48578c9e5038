namespace Csrun.CommandLine;

/// <summary>The flags of update, checkpoint and restore.</summary>
internal static partial class FlagTable
{
    private static FlagRow[] Update() =>
    [
        Value(Flag.Resources, "resources", "r", "FILE", All, Done,
            "read the limits from FILE, - for standard input; every other flag is then ignored"),
        Value(Flag.BlkioWeight, "blkio-weight", "", "N", All, Done,
            "share of block device time, 10 to 1000"),
        Value(Flag.CpuPeriod, "cpu-period", "", "MICROSECONDS", All, Done,
            "the period of the CPU limit"),
        Value(Flag.CpuQuota, "cpu-quota", "", "MICROSECONDS", All, Done,
            "CPU time allowed in each period"),
        Value(Flag.CpuBurst, "cpu-burst", "", "MICROSECONDS", Runc, Done,
            "unused CPU time that may be saved up"),
        Value(Flag.CpuShare, "cpu-share", "", "SHARES", All, Done,
            "share of CPU time against other containers"),
        Value(Flag.CpuRtPeriod, "cpu-rt-period", "", "MICROSECONDS", All, Done,
            "the period of the real-time limit"),
        Value(Flag.CpuRtRuntime, "cpu-rt-runtime", "", "MICROSECONDS", All, Done,
            "real-time CPU time allowed in each period"),
        Value(Flag.CpuIdle, "cpu-idle", "", "0|1", Runc, Done,
            "1: run only when nothing else wants the CPU"),
        Value(Flag.CpusetCpus, "cpuset-cpus", "", "LIST", All, Done,
            "the CPUs to run on, as 0-3,7"),
        Value(Flag.CpusetMems, "cpuset-mems", "", "LIST", All, Done,
            "the memory nodes to use"),
        Value(Flag.Memory, "memory", "", "BYTES", All, Done,
            "the memory limit"),
        Value(Flag.MemoryReservation, "memory-reservation", "", "BYTES", All, Done,
            "memory that is kept for the container as far as can be"),
        Value(Flag.MemorySwap, "memory-swap", "", "BYTES", All, Done,
            "the limit of memory and swap together; -1 for none"),
        Ignored(Flag.KernelMemory, "kernel-memory", "", "BYTES", All,
            "the kernel memory limit",
            "the kernel has no such limit any more"),
        Ignored(Flag.KernelMemoryTcp, "kernel-memory-tcp", "", "BYTES", All,
            "the limit of TCP buffers",
            "the kernel has no such limit any more"),
        Value(Flag.PidsLimit, "pids-limit", "", "N", All, Done,
            "the number of processes and threads allowed; -1 for no limit"),
        Value(Flag.L3CacheSchema, "l3-cache-schema", "", "SCHEMA", All, Done,
            "Intel RDT cache allocation"),
        Value(Flag.MemBwSchema, "mem-bw-schema", "", "SCHEMA", All, Done,
            "Intel RDT memory bandwidth allocation"),
    ];

    private static FlagRow[] Checkpoint() =>
    [
        ImagePath("the directory to save the images to"),
        WorkPath(),
        Value(Flag.ParentPath, "parent-path", "", "DIR", All, Done,
            "the images of an earlier --pre-dump"),
        Switch(Flag.LeaveRunning, "leave-running", "", All, Done,
            "let the container go on afterwards"),
        TcpEstablished(),
        Switch(Flag.TcpSkipInFlight, "tcp-skip-in-flight", "", Runc, Done,
            "leave out TCP connections that are still being made"),
        Switch(Flag.LinkRemap, "link-remap", "", Runc, Done,
            "allow files that are open and unlinked"),
        ExtUnixSk(),
        ShellJob(),
        LazyPages(),
        Value(Flag.StatusFd, "status-fd", "", "N", Runc, Done,
            "the descriptor that gets a zero byte when the memory of --lazy-pages can be fetched"),
        Value(Flag.PageServer, "page-server", "", "ADDRESS:PORT", Runc, Done,
            "send the memory to this server; with --lazy-pages, be it"),
        FileLocks(),
        Switch(Flag.PreDump, "pre-dump", "", All, Done,
            "save the memory only, and let the container go on"),
        ManageCgroupsMode(),
        NetworkLock(),
        EmptyNs(),
        AutoDedup(),
    ];

    private static FlagRow[] Restore() =>
    [
        Bundle(Done),
        ConsoleSocket(Done),
        ImagePath("the directory with the images"),
        WorkPath(),
        TcpEstablished(),
        Switch(Flag.TcpClose, "tcp-close", "", Crun, Done,
            "close the TCP connections that were saved"),
        ExtUnixSk(),
        ShellJob(),
        FileLocks(),
        ManageCgroupsMode(),
        NetworkLock(),
        Detach(Done, "return as soon as the processes run"),
        PidFile(Done),
        Switch(Flag.NoSubreaper, "no-subreaper", "", Runc, Done,
            "do not reap the container's orphans"),
        Ignored(Flag.NoSubreaper, "no-subreaper", "", "", Dialects.Crun,
            "do not become a subreaper",
            "crun ignores it too"),
        Ignored(Flag.NoPivot, "no-pivot", "", "", All,
            "make the root / without pivot_root",
            "criu makes the root, and never of a ramdisk's"),
        EmptyNs(),
        AutoDedup(),
        LazyPages(),
        Value(Flag.LsmProfile, "lsm-profile", "", "TYPE:NAME", All, Done,
            "the AppArmor or SELinux profile of the processes"),
        Value(Flag.LsmMountContext, "lsm-mount-context", "", "CONTEXT", All, Done,
            "the SELinux context of the mounts"),
    ];

    private static FlagRow ImagePath(string help) =>
        Value(Flag.ImagePath, "image-path", "", "DIR", All, Done, help);

    private static FlagRow WorkPath() =>
        Value(Flag.WorkPath, "work-path", "", "DIR", All, Done,
            "the directory for criu's own files and logs");

    private static FlagRow TcpEstablished() =>
        Switch(Flag.TcpEstablished, "tcp-established", "", All, Done,
            "allow open TCP connections");

    private static FlagRow ExtUnixSk() =>
        Switch(Flag.ExtUnixSk, "ext-unix-sk", "", All, Done,
            "allow UNIX sockets whose other end is outside");

    private static FlagRow ShellJob() =>
        Switch(Flag.ShellJob, "shell-job", "", All, Done,
            "allow processes that belong to a terminal of the caller");

    private static FlagRow LazyPages() =>
        Switch(Flag.LazyPages, "lazy-pages", "", Runc, Done,
            "fetch memory when it is first used");

    private static FlagRow FileLocks() =>
        Switch(Flag.FileLocks, "file-locks", "", All, Done,
            "allow file locks");

    private static FlagRow ManageCgroupsMode() =>
        Choice(Flag.ManageCgroupsMode, "manage-cgroups-mode", "soft|full|strict|ignore", All, "",
            "what criu does with cgroups; default soft");

    private static FlagRow NetworkLock() =>
        Choice(Flag.NetworkLock, "network-lock", "iptables|nftables|skip", Crun, "",
            "how criu stops the network meanwhile");

    private static FlagRow EmptyNs() =>
        Value(Flag.EmptyNs, "empty-ns", "", "NAMESPACE", Runc, Done,
            "make this namespace, but leave its contents out; only network");

    private static FlagRow AutoDedup() =>
        Switch(Flag.AutoDedup, "auto-dedup", "", Runc, Done,
            "drop memory images that are no longer needed");
}

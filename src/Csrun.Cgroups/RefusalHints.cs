using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Why the kernel refuses a limit, where its error tells too little and the reason is known.</summary>
internal static class RefusalHints
{
    public static string? For(int fd, CgroupWrite write, Errno errno)
    {
        return errno switch
        {
            Errno.ENOENT => Missing(write),
            Errno.EBUSY when write.Controller == "memory" => Usage(fd),
            Errno.EINVAL or Errno.EACCES or Errno.ERANGE or Errno.ENODEV or Errno.EBUSY => Refused(fd, write),
            _ => null,
        };
    }

    private static string Missing(CgroupWrite write)
    {
        return write.Controller switch
        {
            "memory" when write.File.Contains("memsw", System.StringComparison.Ordinal)
                || write.File == "memory.swap.max" => "the kernel does not account for swap (swapaccount=1 at boot)",
            "hugetlb" => "the kernel has no huge pages of that size",
            "blkio" or "io" when write.File.Contains("weight", System.StringComparison.Ordinal) =>
                "no I/O scheduler with weights (BFQ) is in use",
            _ => "the kernel has no such file",
        };
    }

    private static string? Refused(int fd, CgroupWrite write)
    {
        return write.File switch
        {
            "cpuset.cpus" or "cpuset.mems" => Parent(fd, write.File),
            "cpu.cfs_quota_us" or "cpu.cfs_period_us" or "cpu.max" =>
                "quota and period are at least 1000 microseconds, a period at most 1000000, and quota/period no more "
                + "than the parent cgroup's",
            "cpu.cfs_burst_us" or "cpu.max.burst" => "burst is at most the quota",
            "cpu.rt_runtime_us" or "cpu.rt_period_us" => "the parent cgroup has not so much realtime time to give",
            "cpu.idle" => "idle is 0 or 1",
            "cpu.shares" or "cpu.weight" => "a cgroup that is idle has no weight",
            "memory.memsw.limit_in_bytes" => "memory and swap together are at least the memory limit",
            "memory.use_hierarchy" => "this kernel always accounts hierarchically",
            "io.max" or "blkio.throttle.read_bps_device" or "blkio.throttle.write_bps_device"
                or "blkio.throttle.read_iops_device" or "blkio.throttle.write_iops_device" =>
                "the device must be a whole disk that exists",
            _ => null,
        };
    }

    private static string? Usage(int fd)
    {
        string? usage = CgroupFile.ReadText(fd, "memory.usage_in_bytes", out _);
        string? peak = CgroupFile.ReadText(fd, "memory.max_usage_in_bytes", out _);
        return usage is null ? null : $"the container uses more (current usage: {usage}, peak usage: {peak})";
    }

    private static string? Parent(int fd, string file)
    {
        string? parent = CgroupFile.ReadText(fd, "../" + file, out _);
        return string.IsNullOrEmpty(parent) ? null : $"the parent cgroup has {parent}";
    }
}

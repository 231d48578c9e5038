using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups.Tests;

/// <summary>Limits of config.json on cgroup v1.</summary>
public sealed class LegacyResourcesTests
{
    private static string[] Convert(LinuxResources resources)
    {
        return [.. LegacyResources.Convert(resources, _ => true).Select(w => $"{w.File} = {w.Value}")];
    }

    private static KernelException Refusal(LinuxResources resources)
    {
        Action convert = () => LegacyResources.Convert(resources, _ => true);
        return convert.Should().Throw<KernelException>().Which;
    }

    [Fact]
    public void Memory_has_its_files()
    {
        Convert(new LinuxResources
        {
            Memory = new LinuxMemory
            {
                Limit = 1000,
                Swap = 1500,
                Reservation = 500,
                Kernel = 3,
                KernelTcp = 4,
                Swappiness = 0,
                DisableOomKiller = true,
                UseHierarchy = true,
            },
        }).Should().Equal(
            "memory.limit_in_bytes = 1000",
            "memory.memsw.limit_in_bytes = 1500",
            "memory.soft_limit_in_bytes = 500",
            "memory.kmem.limit_in_bytes = 3",
            "memory.kmem.tcp.limit_in_bytes = 4",
            "memory.use_hierarchy = 1",
            "memory.oom_control = 1",
            "memory.swappiness = 0");
    }

    [Fact]
    public void Unlimited_memory_takes_swap_with_it()
    {
        Convert(new LinuxResources { Memory = new LinuxMemory { Limit = -1 } }).Should().Equal(
            "memory.limit_in_bytes = -1", "memory.memsw.limit_in_bytes = -1");
    }

    [Fact]
    public void Cpu_has_its_files()
    {
        Convert(new LinuxResources
        {
            Cpu = new LinuxCpu
            {
                Shares = 512,
                Quota = 20000,
                Period = 50000,
                Burst = 1000,
                RealtimePeriod = 7,
                RealtimeRuntime = 8,
                Cpus = "0",
                Mems = "0",
                Idle = 1,
            },
        }).Should().Equal(
            "cpu.shares = 512",
            "cpu.idle = 1",
            "cpu.cfs_period_us = 50000",
            "cpu.cfs_quota_us = 20000",
            "cpu.cfs_burst_us = 1000",
            "cpu.rt_period_us = 7",
            "cpu.rt_runtime_us = 8",
            "cpuset.cpus = 0",
            "cpuset.mems = 0");
    }

    [Theory]
    [InlineData(1UL, "minimum allowed cpu-shares is 2")]
    [InlineData(262145UL, "maximum allowed cpu-shares is 262144")]
    public void Shares_that_the_kernel_would_change_without_a_word_are_refused(ulong shares, string hint)
    {
        Refusal(new LinuxResources { Cpu = new LinuxCpu { Shares = shares } }).Hint.Should().Contain(hint);
    }

    [Fact]
    public void Block_io_has_its_files()
    {
        Convert(new LinuxResources
        {
            BlockIO = new LinuxBlockIO
            {
                Weight = 300,
                LeafWeight = 200,
                WeightDevice = [new LinuxWeightDevice { Major = 8, Minor = 0, Weight = 20, LeafWeight = 30 }],
                ThrottleReadBpsDevice = [new LinuxThrottleDevice { Major = 8, Minor = 0, Rate = 1 }],
                ThrottleWriteBpsDevice = [new LinuxThrottleDevice { Major = 8, Minor = 0, Rate = 2 }],
                ThrottleReadIopsDevice = [new LinuxThrottleDevice { Major = 8, Minor = 0, Rate = 3 }],
                ThrottleWriteIopsDevice = [new LinuxThrottleDevice { Major = 8, Minor = 0, Rate = 4 }],
            },
        }).Should().Equal(
            "blkio.weight = 300",
            "blkio.leaf_weight = 200",
            "blkio.weight_device = 8:0 20",
            "blkio.leaf_weight_device = 8:0 30",
            "blkio.throttle.read_bps_device = 8:0 1",
            "blkio.throttle.write_bps_device = 8:0 2",
            "blkio.throttle.read_iops_device = 8:0 3",
            "blkio.throttle.write_iops_device = 8:0 4");
    }

    [Fact]
    public void The_rest_has_its_files()
    {
        Convert(new LinuxResources
        {
            Pids = new LinuxPids { Limit = 0 },
            HugepageLimits = [new LinuxHugepageLimit { PageSize = "1GB", Limit = 0 }],
            Network = new LinuxNetwork
            {
                ClassId = 1048577,
                Priorities = [new LinuxInterfacePriority { Name = "lo", Priority = 5 }],
            },
            Rdma = new Dictionary<string, LinuxRdma> { ["mlx"] = new() { HcaObjects = 9 } },
        }).Should().Equal(
            "pids.max = 1",
            "hugetlb.1GB.limit_in_bytes = 0",
            "hugetlb.1GB.rsvd.limit_in_bytes = 0",
            "net_cls.classid = 1048577",
            "net_prio.ifpriomap = lo 5",
            "rdma.max = mlx hca_object=9");
    }

    [Fact]
    public void Zeros_of_engines_ask_for_nothing()
    {
        Convert(new LinuxResources
        {
            Memory = new LinuxMemory { Limit = 0, Swap = 0, Reservation = 0, Kernel = 0, KernelTcp = 0 },
            Cpu = new LinuxCpu { Shares = 0, Quota = 0, Period = 0, RealtimePeriod = 0, RealtimeRuntime = 0 },
            BlockIO = new LinuxBlockIO { Weight = 0, WeightDevice = [] },
            Pids = new LinuxPids(),
        }).Should().BeEmpty();
    }

    [Theory]
    [InlineData((ushort)5)]
    [InlineData((ushort)1001)]
    public void A_weight_out_of_range_is_refused(ushort weight)
    {
        Refusal(new LinuxResources { BlockIO = new LinuxBlockIO { Weight = weight } })
            .Place.Should().Be("linux.resources.blockIO.weight");
    }

    [Fact]
    public void Swappiness_beyond_a_hundred_is_refused()
    {
        Refusal(new LinuxResources { Memory = new LinuxMemory { Swappiness = 101 } }).Hint.Should()
            .Contain("valid range is 0-100");
    }

    [Fact]
    public void An_rdma_device_without_a_limit_is_refused()
    {
        Refusal(new LinuxResources { Rdma = new Dictionary<string, LinuxRdma> { ["mlx"] = new() } })
            .Place.Should().Be("linux.resources.rdma.mlx");
    }
}

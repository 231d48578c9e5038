using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Linux;
using Csrun.Spec;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Csrun.Cgroups.Tests;

/// <summary>Limits of config.json on cgroup v2.</summary>
public sealed class UnifiedResourcesTests
{
    private static string[] Convert(LinuxResources resources)
    {
        return [.. UnifiedResources.Convert(resources, _ => true).Select(w => $"{w.File} = {w.Value}")];
    }

    private static KernelException Refusal(LinuxResources resources)
    {
        Action convert = () => UnifiedResources.Convert(resources, _ => true);
        return convert.Should().Throw<KernelException>().Which;
    }

    private static LinuxResources Memory(LinuxMemory memory)
    {
        return new LinuxResources { Memory = memory };
    }

    private static LinuxResources Cpu(LinuxCpu cpu)
    {
        return new LinuxResources { Cpu = cpu };
    }

    [Fact]
    public void Memory_limits_have_their_files()
    {
        Convert(Memory(new LinuxMemory { Limit = 1000, Swap = 1500, Reservation = 500 })).Should().Equal(
            "memory.swap.max = 500", "memory.max = 1000", "memory.low = 500");
    }

    [Theory]
    [InlineData(1000L, 1000L, "memory.swap.max = 0;memory.max = 1000")]
    [InlineData(1000L, -1L, "memory.swap.max = max;memory.max = 1000")]
    [InlineData(1000L, null, "memory.max = 1000")]
    [InlineData(-1L, null, "memory.swap.max = max;memory.max = max")]
    [InlineData(-1L, 0L, "memory.swap.max = max;memory.max = max")]
    [InlineData(null, -1L, "memory.swap.max = max")]
    [InlineData(0L, 0L, "")]
    public void Swap_is_what_both_together_leave(long? limit, long? swap, string expected)
    {
        string.Join(';', Convert(Memory(new LinuxMemory { Limit = limit, Swap = swap }))).Should().Be(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(1500L)]
    public void Swap_without_enough_memory_is_refused(long? limit)
    {
        Refusal(Memory(new LinuxMemory { Limit = limit, Swap = 1000 })).Place
            .Should().Be("linux.resources.memory.swap");
    }

    [Fact]
    public void A_kernel_without_swap_is_fine_where_none_is_wanted_or_none_limited()
    {
        UnifiedResources.Convert(Memory(new LinuxMemory { Limit = 7, Swap = 7 }), _ => true)[0].MayBeMissing
            .Should().BeTrue();
        UnifiedResources.Convert(Memory(new LinuxMemory { Limit = 7, Swap = 9 }), _ => true)[0].MayBeMissing
            .Should().BeFalse();
    }

    [Theory]
    [InlineData(1UL, 1UL)]
    [InlineData(2UL, 1UL)]
    [InlineData(1024UL, 100UL)]
    [InlineData(2048UL, 174UL)]
    [InlineData(512UL, 59UL)]
    [InlineData(262144UL, 10000UL)]
    [InlineData(ulong.MaxValue, 10000UL)]
    public void Shares_become_weight(ulong shares, ulong weight)
    {
        UnifiedResources.WeightOfShares(shares).Should().Be(weight);
    }

    [Property]
    public Property Weight_grows_with_shares_and_stays_in_range()
    {
        return Prop.ForAll(
            Gen.Choose(1, 300000).Two().ToArbitrary(),
            pair =>
            {
                ulong low = UnifiedResources.WeightOfShares((ulong)int.Min(pair.Item1, pair.Item2));
                ulong high = UnifiedResources.WeightOfShares((ulong)int.Max(pair.Item1, pair.Item2));
                return low >= 1 && low <= high && high <= 10000;
            });
    }

    [Property]
    public Property IO_weight_grows_with_weight_and_stays_in_range()
    {
        return Prop.ForAll(
            Gen.Choose(10, 1000).Two().ToArbitrary(),
            pair =>
            {
                int low = UnifiedResources.IOWeightOf(int.Min(pair.Item1, pair.Item2));
                int high = UnifiedResources.IOWeightOf(int.Max(pair.Item1, pair.Item2));
                return low >= 1 && low <= high && high <= 10000;
            });
    }

    [Theory]
    [InlineData(50000L, 100000UL, "50000 100000")]
    [InlineData(50000L, null, "50000 100000")]
    [InlineData(-1L, null, "max 100000")]
    [InlineData(null, 20000UL, "max 20000")]
    [InlineData(0L, 20000UL, "max 20000")]
    [InlineData(0L, 0UL, null)]
    [InlineData(null, null, null)]
    public void Quota_and_period_share_a_file(long? quota, ulong? period, string? expected)
    {
        UnifiedResources.CpuMax(new LinuxCpu { Quota = quota, Period = period }).Should().Be(expected);
    }

    [Fact]
    public void Cpu_settings_have_their_files()
    {
        Convert(Cpu(new LinuxCpu { Shares = 1024, Idle = 0, Quota = 1000, Burst = 500, Cpus = "0-1", Mems = "0" }))
            .Should().Equal(
                "cpu.weight = 100", "cpu.idle = 0", "cpu.max = 1000 100000", "cpu.max.burst = 500",
                "cpuset.cpus = 0-1", "cpuset.mems = 0");
    }

    [Fact]
    public void Zeros_of_engines_ask_for_nothing()
    {
        Convert(new LinuxResources
        {
            Memory = new LinuxMemory
            {
                Limit = 0,
                Swap = 0,
                Reservation = 0,
                Kernel = 0,
                KernelTcp = 0,
                DisableOomKiller = false,
                UseHierarchy = true,
            },
            Cpu = new LinuxCpu
            {
                Shares = 0,
                Quota = 0,
                Period = 0,
                RealtimePeriod = 0,
                RealtimeRuntime = 0,
                Cpus = "",
                Mems = "",
            },
            BlockIO = new LinuxBlockIO { Weight = 0, LeafWeight = 0 },
            Network = new LinuxNetwork { ClassId = 0, Priorities = [] },
            Pids = new LinuxPids(),
        }).Should().BeEmpty();
    }

    [Theory]
    [InlineData(0L, "1")]
    [InlineData(-1L, "max")]
    [InlineData(7L, "7")]
    public void A_pids_limit_of_zero_is_a_limit(long limit, string expected)
    {
        Convert(new LinuxResources { Pids = new LinuxPids { Limit = limit } }).Should().Equal($"pids.max = {expected}");
    }

    public static TheoryData<LinuxResources, string> Inexpressible => new()
    {
        { Memory(new LinuxMemory { Swappiness = 10 }), "memory.swappiness" },
        { Memory(new LinuxMemory { Kernel = 1 }), "memory.kernel" },
        { Memory(new LinuxMemory { KernelTcp = 1 }), "memory.kernelTCP" },
        { Memory(new LinuxMemory { DisableOomKiller = true }), "memory.disableOOMKiller" },
        { Cpu(new LinuxCpu { RealtimeRuntime = 1 }), "cpu.realtimeRuntime" },
        { Cpu(new LinuxCpu { RealtimePeriod = 1 }), "cpu.realtimePeriod" },
        { new LinuxResources { BlockIO = new LinuxBlockIO { LeafWeight = 100 } }, "blockIO.leafWeight" },
        { new LinuxResources { Network = new LinuxNetwork { ClassId = 1 } }, "network.classID" },
    };

    [Theory]
    [MemberData(nameof(Inexpressible))]
    public void What_v2_cannot_express_is_an_error_by_place(LinuxResources resources, string place)
    {
        Refusal(resources).Place.Should().Be("linux.resources." + place);
    }

    [Fact]
    public void Block_io_has_one_line_a_device_and_another_file_without_bfq()
    {
        LinuxResources resources = new()
        {
            BlockIO = new LinuxBlockIO
            {
                Weight = 500,
                WeightDevice = [new LinuxWeightDevice { Major = 8, Minor = 0, Weight = 10 }],
                ThrottleReadBpsDevice = [new LinuxThrottleDevice { Major = 8, Minor = 16, Rate = 600 }],
                ThrottleWriteIopsDevice = [new LinuxThrottleDevice { Major = 8, Minor = 16, Rate = 0 }],
            },
        };

        Convert(resources).Should().Equal(
            "io.bfq.weight = 500", "io.bfq.weight = 8:0 10", "io.max = 8:16 rbps=600", "io.max = 8:16 wiops=max");
        IReadOnlyList<CgroupWrite> writes = UnifiedResources.Convert(resources, _ => true);
        writes.Take(2).Select(w => w.OtherFile + " = " + w.OtherValue).Should().Equal(
            "io.weight = 4950", "io.weight = 8:0 1");
    }

    [Fact]
    public void Huge_pages_are_limited_in_use_and_in_reserve()
    {
        Convert(new LinuxResources { HugepageLimits = [new LinuxHugepageLimit { PageSize = "2MB", Limit = 4096 }] })
            .Should().Equal("hugetlb.2MB.max = 4096", "hugetlb.2MB.rsvd.max = 4096");
    }

    [Theory]
    [InlineData("2mb")]
    [InlineData("02MB")]
    [InlineData("MB")]
    [InlineData("../2MB")]
    [InlineData("2MB/")]
    [InlineData("2TB")]
    [InlineData(null)]
    public void A_page_size_of_another_form_is_refused(string? size)
    {
        Refusal(new LinuxResources { HugepageLimits = [new LinuxHugepageLimit { PageSize = size, Limit = 1 }] })
            .Place.Should().Be("linux.resources.hugepageLimits[0].pageSize");
    }

    [Fact]
    public void Rdma_has_one_line_a_device()
    {
        Convert(new LinuxResources
        {
            Rdma = new Dictionary<string, LinuxRdma> { ["mlx5_1"] = new() { HcaHandles = 3, HcaObjects = 10000 } },
        }).Should().Equal("rdma.max = mlx5_1 hca_handle=3 hca_object=10000");
    }

    [Fact]
    public void Raw_files_come_last_one_line_a_write()
    {
        Convert(new LinuxResources
        {
            Pids = new LinuxPids { Limit = 5 },
            Unified = new Dictionary<string, string> { ["pids.max"] = "7", ["io.max"] = "8:0 rbps=1\n8:16 rbps=2\n" },
        }).Should().Equal("pids.max = 5", "pids.max = 7", "io.max = 8:0 rbps=1", "io.max = 8:16 rbps=2");
    }

    [Theory]
    [InlineData("../memory.max")]
    [InlineData("a/../../cgroup.procs")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("memory")]
    [InlineData("memory.max\0x")]
    [InlineData("cgroup.procs")]
    [InlineData("cgroup.threads")]
    public void A_raw_file_that_leaves_the_cgroup_or_moves_processes_is_refused_by_name(string file)
    {
        Refusal(new LinuxResources { Unified = new Dictionary<string, string> { [file] = "1" } })
            .Place.Should().Be("linux.resources.unified." + file);
    }

    [Property]
    public Property No_raw_file_name_has_a_slash()
    {
        return Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), name =>
        {
            try
            {
                IReadOnlyList<CgroupWrite> writes = UnifiedResources.Convert(
                    new LinuxResources { Unified = new Dictionary<string, string> { [name.Get] = "1" } }, _ => true);
                return writes.All(w => !w.File.Contains('/') && w.File is not ("." or ".."));
            }
            catch (KernelException)
            {
                return true;
            }
        });
    }

    [Fact]
    public void Controllers_that_v1_holds_are_left_to_it()
    {
        UnifiedResources.Convert(
            new LinuxResources { Pids = new LinuxPids { Limit = 1 }, Memory = new LinuxMemory { Swappiness = 1 } },
            controller => controller == "pids").Should().ContainSingle();
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Csrun.Cgroups.Statistics;
using Csrun.Cgroups.Tests.Support;

namespace Csrun.Cgroups.Tests;

/// <summary>What the container has used, from files of both layouts.</summary>
[Collection("host")]
public sealed class StatisticsTests
{
    private static string Json(ContainerStatistics statistics)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            StatisticsJson.WriteEvent(writer, "web", statistics);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static ContainerStatistics OfV2(FileTree tree)
    {
        return ContainerCgroups.FromState(new Dictionary<string, string> { [""] = tree.Path }).ReadStatistics();
    }

    [Fact]
    public void A_cgroup_that_is_gone_has_the_empty_event_of_runc()
    {
        const string Expected =
            """
            {"type":"stats","id":"web","data":{
            "cpu":{"usage":{"kernel":0,"user":0},"throttling":{}},
            "cpuset":{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,"memory_spread_page":0,
            "memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,"sched_relax_domain_level":0},
            "memory":{"usage":{"limit":0,"failcnt":0},"swap":{"limit":0,"failcnt":0},
            "kernel":{"limit":0,"failcnt":0},"kernelTCP":{"limit":0,"failcnt":0}},
            "pids":{},"blkio":{},"hugetlb":{},"intel_rdt":{},"network_interfaces":null}}
            """;

        Json(ContainerCgroups.FromState(new Dictionary<string, string>()).ReadStatistics()).Should().Be(
            Expected.Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void V2_cpu_time_is_told_in_nanoseconds()
    {
        using FileTree tree = new(
            ("cpu.stat",
                "usage_usec 10\nuser_usec 6\nsystem_usec 4\nnr_periods 3\nnr_throttled 2\nthrottled_usec 1\n"));

        CpuStatistics cpu = OfV2(tree).Cpu;

        (cpu.Total, cpu.User, cpu.Kernel).Should().Be((10000, 6000, 4000));
        (cpu.Periods, cpu.ThrottledPeriods, cpu.ThrottledTime).Should().Be((3, 2, 1000));
    }

    [Fact]
    public void V2_swap_is_told_together_with_memory()
    {
        using FileTree tree = new(
            ("memory.stat", "anon 5\nfile 7\n"), ("memory.current", "100\n"), ("memory.max", "1000\n"),
            ("memory.peak", "300\n"), ("memory.events", "low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\n"),
            ("memory.swap.current", "10\n"), ("memory.swap.max", "50\n"));

        MemoryStatistics memory = OfV2(tree).Memory;

        memory.Usage.Should().Be(new MemoryEntry(1000, 100, 300, 4));
        memory.Swap.Should().Be(new MemoryEntry(1050, 110, 0, 0));
        memory.Cache.Should().Be(7);
        memory.Raw.Should().Equal(new Dictionary<string, ulong> { ["anon"] = 5, ["file"] = 7 });
    }

    [Fact]
    public void V2_without_limits_tells_the_largest_number_and_no_pids()
    {
        using FileTree tree = new(
            ("memory.max", "max\n"), ("memory.swap.max", "max\n"), ("memory.current", "1\n"), ("pids.max", "max\n"),
            ("pids.current", "2\n"));

        ContainerStatistics statistics = OfV2(tree);

        statistics.Memory.Usage.Limit.Should().Be(ulong.MaxValue);
        statistics.Memory.Swap.Limit.Should().Be(ulong.MaxValue);
        statistics.Pids.Should().Be(new PidsStatistics(2, 0));
    }

    [Fact]
    public void V2_block_io_has_the_tables_of_v1()
    {
        using FileTree tree = new(("io.stat", "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n253:0 \n"));

        BlockIOStatistics io = OfV2(tree).BlockIO;

        io.ServiceBytes.Should().Equal(new BlockIOEntry(8, 16, "Read", 1), new BlockIOEntry(8, 16, "Write", 2),
            new BlockIOEntry(253, 0, "Read", 0), new BlockIOEntry(253, 0, "Write", 0));
        io.Serviced.Take(2).Should().Equal(new BlockIOEntry(8, 16, "Read", 3), new BlockIOEntry(8, 16, "Write", 4));
    }

    [Fact]
    public void Pressure_has_both_lines()
    {
        using FileTree tree = new(
            ("cpu.pressure",
                "some avg10=1.50 avg60=0.25 avg300=0.00 total=77\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n"),
            ("memory.pressure", ""));

        ContainerStatistics statistics = OfV2(tree);

        statistics.Cpu.Pressure.Should().Be(
            new PressureStatistics(new PressureLine(1.5, 0.25, 0, 77), new PressureLine(0, 0, 0, 9)));
        statistics.Memory.Pressure.Should().BeNull();
        JsonNode.Parse(Json(statistics))!["data"]!["cpu"]!["psi"]!.ToJsonString().Should().Be(
            """
            {"some":{"avg10":1.5,"avg60":0.25,"avg300":0,"total":77},"full":{"avg10":0,"avg60":0,"avg300":0,"total":9}}
            """);
    }

    [Fact]
    public void V2_huge_pages_rdma_and_misc_are_told()
    {
        using FileTree tree = new(
            ("hugetlb.2MB.max", "max\n"), ("hugetlb.2MB.current", "4\n"), ("hugetlb.2MB.rsvd.current", "6\n"),
            ("hugetlb.2MB.rsvd.max", "max\n"), ("hugetlb.2MB.events", "max 3\n"),
            ("rdma.current", "mlx4_0 hca_handle=2 hca_object=2000\n"),
            ("rdma.max", "mlx4_0 hca_handle=3 hca_object=max\n"),
            ("misc.current", "res_a 3\n"), ("misc.events", "res_a.max 5\n"));

        ContainerStatistics statistics = OfV2(tree);

        statistics.Hugetlb.Should().ContainSingle().Which.Should().Be(
            KeyValuePair.Create("2MB", new HugetlbStatistics(6, 0, 3)));
        statistics.RdmaCurrent.Should().Equal(new RdmaEntry("mlx4_0", 2, 2000));
        statistics.RdmaLimit.Should().Equal(new RdmaEntry("mlx4_0", 3, uint.MaxValue));
        statistics.Misc["res_a"].Should().Be(new MiscStatistics(3, 5));
    }

    [Fact]
    public void V1_block_io_comes_from_the_first_books_with_entries()
    {
        using FileTree throttle = new(
            ("blkio.bfq.io_serviced_recursive", "Total 0\n"),
            ("blkio.throttle.io_serviced_recursive", "8:0 Read 3\n8:0 Total 3\nTotal 3\n"),
            ("blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\nTotal 4096\n"));
        using FileTree cfq = new(
            ("blkio.sectors_recursive", "8:0 17\n"), ("blkio.io_serviced_recursive", "8:0 Sync 1\n"));

        LegacyStatistics.BlockIO(throttle.Fd).ServiceBytes.Should().Equal(new BlockIOEntry(8, 0, "Read", 4096));
        LegacyStatistics.BlockIO(throttle.Fd).Serviced.Should().HaveCount(2);
        LegacyStatistics.BlockIO(cfq.Fd).Sectors.Should().Equal(new BlockIOEntry(8, 0, "", 17));
    }

    [Theory]
    [InlineData("0-2,7", new ushort[] { 0, 1, 2, 7 })]
    [InlineData("3", new ushort[] { 3 })]
    [InlineData("", new ushort[] { })]
    [InlineData("nonsense,5-", new ushort[] { })]
    public void Ranges_become_numbers(string text, ushort[] numbers)
    {
        StatisticsFiles.Ranges(text).Should().Equal(numbers);
    }

    [Fact]
    public void Interfaces_are_read_without_the_loopback()
    {
        InterfaceFile.Parse(
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
              eth0:     200       2    3    4    0     0          0         0      500       6    7    8    0     0       0          0
            eth0:1:9 8 7 6 0 0 0 0 5 4 3 2 0 0 0 0
            """).Should().Equal(
            new InterfaceStatistics("eth0", 200, 2, 3, 4, 500, 6, 7, 8),
            new InterfaceStatistics("eth0:1", 9, 8, 7, 6, 5, 4, 3, 2));
    }

    [Fact]
    public void The_own_interfaces_can_be_read()
    {
        InterfaceFile.Read(Environment.ProcessId).Should().NotContain(i => i.Name == "lo");
    }

    /// <summary>runc's own words about the same cgroups; numbers that move between two readings are only compared in
    /// being there.</summary>
    [RootFact]
    public void The_event_equals_runcs_field_for_field()
    {
        if (!File.Exists("/usr/sbin/runc"))
        {
            return;
        }

        using RuncContainer runc = new();
        ContainerCgroups cgroups = ContainerCgroups.FromState(runc.CgroupPaths);

        JsonNode theirs = JsonNode.Parse(runc.Run("events", "--stats", runc.Id))!["data"]!;
        JsonNode ours = JsonNode.Parse(Json(cgroups.ReadStatistics()))!["data"]!;

        // A count of 0 is left out, and that of the periods begins with whatever the container does in between.
        // Debian's runc has no pressure.
        Shape(ours).Where(f => !f.Contains("psi", StringComparison.Ordinal) && !IsThrottling(f))
            .Should().Equal(Shape(theirs).Where(f => !IsThrottling(f)));
        ours["memory"]!["usage"]!["limit"]!.ToJsonString()
            .Should().Be(theirs["memory"]!["usage"]!["limit"]!.ToJsonString());
        ours["memory"]!["swap"]!["limit"]!.ToJsonString()
            .Should().Be(theirs["memory"]!["swap"]!["limit"]!.ToJsonString());
        ours["memory"]!["raw"]!["hierarchical_memory_limit"]!.ToJsonString().Should().Be("67108864");
        ours["cpuset"]!.ToJsonString().Should().Be(theirs["cpuset"]!.ToJsonString());
        ours["pids"]!.ToJsonString().Should().Be(theirs["pids"]!.ToJsonString());
        ours["blkio"]!.AsObject().Select(p => p.Key).Where(k => k != "psi").Should().Equal(
            theirs["blkio"]!.AsObject().Select(p => p.Key));
    }

    private static bool IsThrottling(string place)
    {
        return place.StartsWith(".cpu.throttling", StringComparison.Ordinal);
    }

    /// <summary>The places of all values, in the order of the text.</summary>
    private static List<string> Shape(JsonNode? node, string place = "")
    {
        return node switch
        {
            JsonObject fields => [.. fields.SelectMany(f => Shape(f.Value, place + "." + f.Key))],
            JsonArray items => [.. items.SelectMany((item, i) => Shape(item, $"{place}[{i}]"))],
            _ => [place],
        };
    }
}

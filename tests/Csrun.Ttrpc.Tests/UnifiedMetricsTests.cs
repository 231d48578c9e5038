using Csrun.Cgroups.Statistics;
using Csrun.Shim.Messages.Cgroups2;
using Csrun.Shim.Task;

namespace Csrun.Ttrpc.Tests;

/// <summary>Statistics of cgroup version 2, which the machines of the tests have not, as messages.</summary>
public sealed class UnifiedMetricsTests
{
    [Fact]
    public void Units_and_limits_are_the_message_s()
    {
        Metrics metrics = UnifiedMetrics.Of(new ContainerStatistics
        {
            Cpu = new CpuStatistics { Total = 5000, User = 3000, Kernel = 2000, ThrottledTime = 9000 },
            Pids = new PidsStatistics(3, 0),
            Memory = new MemoryStatistics
            {
                Usage = new MemoryEntry(1000, 400, 500, 0),
                Swap = new MemoryEntry(1600, 450, 70, 0),
                Raw = new() { ["anon"] = 11, ["thp_collapse_alloc"] = 31 },
                Events = new() { ["oom_kill"] = 2, ["max"] = 4 },
            },
            BlockIO = new BlockIOStatistics
            {
                ServiceBytes = [new(8, 0, "Read", 1), new(8, 0, "Write", 2)],
                Serviced = [new(8, 0, "Read", 3), new(8, 0, "Write", 4)],
            },
        });

        (metrics.Cpu.UsageUsec, metrics.Cpu.UserUsec, metrics.Cpu.SystemUsec, metrics.Cpu.ThrottledUsec)
            .Should().Be((5, 3, 2, 9));
        (metrics.Pids.Current, metrics.Pids.Limit).Should().Be((3, ulong.MaxValue));
        MemoryStat memory = metrics.Memory;
        (memory.Usage, memory.UsageLimit, memory.SwapUsage, memory.SwapLimit).Should().Be((400, 1000, 50, 600));
        (memory.Anon, memory.ThpCollapseAlloc).Should().Be((11, 31));
        (metrics.MemoryEvents.OomKill, metrics.MemoryEvents.Max).Should().Be((2, 4));
        metrics.Io.Usage.Should().ContainSingle().Which
            .Should().Be(new IOEntry { Major = 8, Rbytes = 1, Wbytes = 2, Rios = 3, Wios = 4 });
    }
}

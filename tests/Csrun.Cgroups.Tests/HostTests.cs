using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Csrun.Cgroups.Tests.Support;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups.Tests;

/// <summary>The cgroups of containers on this machine's own hierarchies.</summary>
[Collection("host")]
public sealed class HostTests
{
    private static void MakeAll(HostCgroups host, LinuxResources? resources = null)
    {
        using Fd fd = new(host.Cgroups.MakeUnified());
        host.Cgroups.MakeLegacy(resources);
        host.Cgroups.ApplyUnified(resources);
    }

    private static KernelException Refusal(Action action)
    {
        return action.Should().Throw<KernelException>().Which;
    }

    // Until the kernel's thread is gone too, the removal would wait for the end of this very process.
    private static void OnThread(HostCgroups host, Action joins)
    {
        Thread thread = new(() => joins());
        thread.Start();
        thread.Join();
        SpinWait.SpinUntil(() => host.FromState.CountProcesses() == 0, 30_000).Should().BeTrue();
    }

    [RootFact]
    public void Every_hierarchy_gets_a_directory_and_loses_it()
    {
        using HostCgroups host = new();

        MakeAll(host);
        host.Cgroups.Paths.Values.Should().OnlyContain(p => Directory.Exists(p));
        host.Cgroups.Paths.Should().HaveCount(
            File.ReadAllLines("/proc/self/cgroup").Length, "each of this machine's hierarchies has one controller");

        host.Cgroups.Remove();
        host.Cgroups.Paths.Values.Should().NotContain(p => Directory.Exists(p));
    }

    [RootFact]
    public void Directories_above_are_made_where_missing_and_stay()
    {
        using HostCgroups host = new("/NAME/inner");

        MakeAll(host);
        host.Cgroups.Paths.Values.Should().OnlyContain(p => Directory.Exists(p));
        host.Cgroups.Remove();

        host.Cgroups.Paths.Values.Should().OnlyContain(p => Directory.Exists(Path.GetDirectoryName(p)));
    }

    [RootFact]
    public void Directories_are_open_to_read_whatever_the_mask()
    {
        using HostCgroups host = new();
        uint mask = Kernel.umask(0x3f);
        try
        {
            MakeAll(host);
        }
        finally
        {
            Kernel.umask(mask);
        }

        foreach (string path in host.Cgroups.Paths.Values)
        {
            ((int)File.GetUnixFileMode(path)).Should().Be(0x1ed, path);
        }
    }

    [RootFact]
    public void Limits_are_in_their_files()
    {
        using HostCgroups host = new();

        MakeAll(host, new LinuxResources
        {
            Memory = new LinuxMemory { Limit = 32 << 20, Swap = 48 << 20, Reservation = 16 << 20, Swappiness = 7 },
            Cpu = new LinuxCpu { Shares = 512, Quota = 25000, Period = 50000, Burst = 1000, Cpus = "0" },
            Pids = new LinuxPids { Limit = 0 },
        });

        host.Read("memory", "memory.limit_in_bytes").Should().Be("33554432");
        host.Read("memory", "memory.memsw.limit_in_bytes").Should().Be("50331648");
        host.Read("memory", "memory.soft_limit_in_bytes").Should().Be("16777216");
        host.Read("memory", "memory.swappiness").Should().Be("7");
        host.Read("cpu", "cpu.shares").Should().Be("512");
        host.Read("cpu", "cpu.cfs_quota_us").Should().Be("25000");
        host.Read("cpu", "cpu.cfs_period_us").Should().Be("50000");
        host.Read("cpu", "cpu.cfs_burst_us").Should().Be("1000");
        host.Read("cpuset", "cpuset.cpus").Should().Be("0");
        host.Read("pids", "pids.max").Should().Be("1");
    }

    [RootFact]
    public void A_controller_that_only_the_v2_tree_of_a_hybrid_host_has_is_used_there()
    {
        using HostCgroups host = new();
        if (host.Has("hugetlb") || !File.ReadAllText("/sys/fs/cgroup/unified/cgroup.controllers").Contains("hugetlb"))
        {
            return;
        }

        string before = File.ReadAllText("/sys/fs/cgroup/unified/cgroup.subtree_control");
        try
        {
            MakeAll(host, new LinuxResources
            {
                HugepageLimits = [new LinuxHugepageLimit { PageSize = "2MB", Limit = 4 << 20 }],
            });

            host.Read("", "hugetlb.2MB.max").Should().Be("4194304");
            host.Read("", "hugetlb.2MB.rsvd.max").Should().Be("4194304");
        }
        finally
        {
            if (!before.Contains("hugetlb", StringComparison.Ordinal))
            {
                File.WriteAllText("/sys/fs/cgroup/unified/cgroup.subtree_control", "-hugetlb");
            }
        }
    }

    [RootFact]
    public void Raw_files_are_written_in_the_v2_tree()
    {
        using HostCgroups host = new();

        MakeAll(host, new LinuxResources { Unified = new Dictionary<string, string> { ["cgroup.max.depth"] = "3" } });

        host.Read("", "cgroup.max.depth").Should().Be("3");
    }

    [RootFact]
    public void A_controller_that_is_asked_for_and_missing_is_an_error_by_name()
    {
        using HostCgroups host = new();

        KernelException error = Refusal(() => MakeAll(host, new LinuxResources
        {
            Rdma = new Dictionary<string, LinuxRdma> { ["mlx5"] = new() { HcaHandles = 1 } },
        }));

        error.Subject.Should().Be("rdma");
        error.Place.Should().Be("linux.resources.rdma.mlx5");
        host.Cgroups.Remove();
    }

    [RootFact]
    public void A_refused_limit_tells_file_value_place_and_reason()
    {
        using HostCgroups host = new();

        KernelException error = Refusal(() => MakeAll(host, new LinuxResources
        {
            Cpu = new LinuxCpu { Cpus = "4000" },
        }));

        error.Operation.Should().Be("write 4000 to");
        error.Subject.Should().Be(host.PathOf("cpuset", "cpuset.cpus"));
        error.Place.Should().Be("linux.resources.cpu.cpus");
        error.Hint.Should().StartWith("the parent cgroup has ");
    }

    [RootFact]
    public void A_failed_make_is_taken_back_whole()
    {
        using HostCgroups host = new();

        Refusal(() => MakeAll(host, new LinuxResources { Cpu = new LinuxCpu { Quota = 1 } }));
        host.Cgroups.Remove();

        host.Cgroups.Paths.Values.Should().NotContain(p => Directory.Exists(p));
    }

    [RootFact]
    public void Another_containers_cgroup_is_neither_used_nor_removed()
    {
        using HostCgroups host = new();
        MakeAll(host);
        int pid = host.Start("sleep", "1000");
        host.Cgroups.JoinFromOutside(pid);
        ContainerCgroups second = ContainerCgroups.Locate(host.Layout, null, host.Name);

        KernelException error = Refusal(() => second.MakeLegacy(null));
        second.Remove();

        error.Operation.Should().Be("container's cgroup is not empty: 1 process(es) found in");
        host.Cgroups.Paths.Values.Should().OnlyContain(p => Directory.Exists(p));
    }

    [RootFact]
    public void A_frozen_cgroup_is_refused()
    {
        using HostCgroups host = new();
        MakeAll(host);
        host.Cgroups.Freeze();
        ContainerCgroups second = ContainerCgroups.Locate(host.Layout, null, host.Name);

        Refusal(() => second.MakeLegacy(null)).Operation.Should().Be("container's cgroup unexpectedly frozen:");
    }

    [RootFact]
    public void An_empty_cgroup_that_is_there_keeps_its_limits_and_outlives_a_failure()
    {
        using HostCgroups host = new();
        Directory.CreateDirectory(host.PathOf("pids"));
        File.WriteAllText(host.PathOf("pids", "pids.max"), "17");

        MakeAll(host);
        host.Read("pids", "pids.max").Should().Be("17");

        host.Cgroups.Remove();
        Directory.Exists(host.PathOf("pids")).Should().BeTrue();
        Directory.Exists(host.PathOf("memory")).Should().BeFalse();
    }

    [RootFact]
    public void Cpuset_is_inherited_all_the_way_down()
    {
        using HostCgroups host = new("/NAME/inner");
        MakeAll(host);

        string top = File.ReadAllText("/sys/fs/cgroup/cpuset/cpuset.cpus").Trim();
        host.Read("cpuset", "cpuset.cpus").Should().Be(top);
        host.Read("cpuset", "../cpuset.cpus").Should().Be(top);
        host.Read("cpuset", "cpuset.mems").Should().Be("0");
    }

    [RootFact]
    public void Devices_are_denied_but_for_those_of_every_container()
    {
        using HostCgroups host = new();
        MakeAll(host);

        host.Read("devices", "devices.list").Split('\n').Should().BeEquivalentTo(
            "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm",
            "c 136:* rwm", "c 5:2 rwm", "c 10:200 rwm");
    }

    [RootFact]
    public void A_privileged_containers_devices_are_all_open()
    {
        using HostCgroups host = new();
        MakeAll(host, new LinuxResources
        {
            Devices = [new LinuxDeviceCgroup { Allow = true, Access = "rwm" }],
        });

        host.Read("devices", "devices.list").Should().Be("a *:* rwm");
    }

    [RootFact]
    public void A_thread_joins_everywhere_and_memory_when_told()
    {
        using HostCgroups host = new();
        MakeAll(host);
        string[] early = [];
        string[] late = [];
        OnThread(host, () =>
        {
            host.Cgroups.JoinLegacy(memory: false);
            early = File.ReadAllLines("/proc/thread-self/cgroup");
            host.Cgroups.JoinLegacy(memory: true);
            late = File.ReadAllLines("/proc/thread-self/cgroup");
        });

        early.Should().OnlyContain(l => l.EndsWith("/" + host.Name, StringComparison.Ordinal)
            != (l.Contains(":memory:", StringComparison.Ordinal) || l.StartsWith("0::", StringComparison.Ordinal)));
        late.Should().OnlyContain(l => l.EndsWith("/" + host.Name, StringComparison.Ordinal)
            != l.StartsWith("0::", StringComparison.Ordinal));
    }

    [RootFact]
    public void Joining_allocates_nothing()
    {
        using HostCgroups host = new();
        MakeAll(host);
        long allocated = -1;
        OnThread(host, () =>
        {
            host.Cgroups.JoinLegacy(memory: false);
            host.Cgroups.JoinLegacy(memory: true);
            long before = GC.GetAllocatedBytesForCurrentThread();
            host.Cgroups.JoinLegacy(memory: false);
            host.Cgroups.JoinLegacy(memory: true);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });

        allocated.Should().Be(0);
    }

    [RootFact]
    public void A_process_joins_from_outside()
    {
        using HostCgroups host = new();
        MakeAll(host);
        int pid = host.Start("sleep", "1000");

        host.Cgroups.JoinFromOutside(pid);

        File.ReadAllLines($"/proc/{pid}/cgroup").Where(l => !l.StartsWith("0::", StringComparison.Ordinal))
            .Should().OnlyContain(l => l.EndsWith("/" + host.Name, StringComparison.Ordinal));
        List<int> pids = [];
        host.FromState.ReadProcesses(pids);
        pids.Should().Equal(pid);
    }

    [RootFact]
    public void Processes_of_cgroups_below_count()
    {
        using HostCgroups host = new();
        MakeAll(host);
        string below = host.PathOf("freezer", "a/b");
        Directory.CreateDirectory(below);
        int pid = host.Start("sleep", "1000");
        host.Cgroups.JoinFromOutside(pid);
        File.WriteAllText(Path.Combine(below, "cgroup.procs"), pid.ToString());

        host.FromState.CountProcesses().Should().Be(1);
    }

    [RootFact]
    public void Freezing_stops_and_thawing_continues()
    {
        using HostCgroups host = new();
        MakeAll(host);
        int pid = host.Start("sleep", "1000");
        host.Cgroups.JoinFromOutside(pid);
        ContainerCgroups cgroups = host.FromState;

        cgroups.GetFreezerState().Should().Be(FreezerState.Thawed);
        cgroups.Freeze();
        cgroups.GetFreezerState().Should().Be(FreezerState.Frozen);
        cgroups.Thaw();
        cgroups.GetFreezerState().Should().Be(FreezerState.Thawed);
    }

    [RootFact]
    public void A_cgroup_frozen_from_above_is_not_paused_itself()
    {
        using HostCgroups host = new("/NAME/inner");
        MakeAll(host);
        string above = host.PathOf("freezer", "../freezer.state");
        File.WriteAllText(above, "FROZEN");

        host.FromState.GetFreezerState().Should().Be(FreezerState.Thawed);
        File.WriteAllText(above, "THAWED");
    }

    [RootFact]
    public void Killing_ends_all_processes_paused_or_forking()
    {
        using HostCgroups host = new();
        MakeAll(host, new LinuxResources { Pids = new LinuxPids { Limit = 200 } });
        string joined = Path.Combine(Path.GetTempPath(), host.Name);
        int pid = host.Start(
            "sh", "-c", $"exec 2>/dev/null; until rm {joined}; do sleep 0.05; done; while :; do sleep 1000 & done");
        host.Cgroups.JoinFromOutside(pid);
        File.WriteAllText(joined, "");
        SpinWait.SpinUntil(() => host.FromState.CountProcesses() > 20, 5000).Should().BeTrue();
        host.Cgroups.Freeze();

        host.FromState.KillAll(Kernel.SIGKILL);
        host.FromState.Remove();

        host.Cgroups.Paths.Values.Should().NotContain(p => Directory.Exists(p));
    }

    [RootFact]
    public void Another_signal_reaches_all_and_leaves_a_pause_alone()
    {
        using HostCgroups host = new();
        MakeAll(host);
        int pid = host.Start("sleep", "1000");
        host.Cgroups.JoinFromOutside(pid);
        host.Cgroups.Freeze();

        host.FromState.KillAll(Kernel.SIGTERM);
        host.FromState.GetFreezerState().Should().Be(FreezerState.Frozen);
        host.FromState.Thaw();

        host.ProcessOf(pid).WaitForExit(5000).Should().BeTrue();
        host.ProcessOf(pid).ExitCode.Should().Be(128 + 15);
    }

    [RootFact]
    public async Task Removal_takes_cgroups_below_and_waits_for_the_last_process()
    {
        using HostCgroups host = new();
        MakeAll(host);
        foreach (string path in host.Cgroups.Paths.Values)
        {
            Directory.CreateDirectory(Path.Combine(path, "a/b"));
        }

        int pid = host.Start("sleep", "1000");
        host.Cgroups.JoinFromOutside(pid);

        Task removal = Task.Run(host.FromState.Remove);
        await Task.Delay(300);
        removal.IsCompleted.Should().BeFalse();
        host.ProcessOf(pid).Kill();

        await removal.WaitAsync(TimeSpan.FromSeconds(1.5));
        host.Cgroups.Paths.Values.Should().NotContain(p => Directory.Exists(p));
    }

    [RootFact]
    public void Removing_what_is_not_there_is_fine()
    {
        using HostCgroups host = new();

        host.FromState.Remove();
        host.FromState.KillAll(Kernel.SIGKILL);
        host.FromState.CountProcesses().Should().Be(0);
        host.FromState.GetFreezerState().Should().Be(FreezerState.Thawed);
    }

    [RootFact]
    public void A_hundred_makers_at_once_do_not_disturb_each_other()
    {
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(n => new Thread(() =>
        {
            try
            {
                for (int i = 0; i < 12; i++)
                {
                    ContainerCgroups cgroups = ContainerCgroups.Locate(
                        CgroupLayout.Detect(), $"/csrun-test-many/{n}-{i}", "x");
                    using Fd fd = new(cgroups.MakeUnified());
                    cgroups.MakeLegacy(new LinuxResources { Pids = new LinuxPids { Limit = 3 } });
                    cgroups.Remove();
                }
            }
            catch (KernelException e)
            {
                failure = e;
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        ContainerCgroups.FromState(
            ContainerCgroups.Locate(CgroupLayout.Detect(), "/csrun-test-many", "x").Paths).Remove();

        failure.Should().BeNull();
    }
}

using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Csrun.Shim.Messages.Cgroups1;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.ContainerdShim.Tests;

/// <summary>Limits, statistics, mounts, and what a shim keeps of them.</summary>
public sealed class ResourceTests : ShimTest
{
    [RootFact]
    public void A_kill_by_the_memory_limit_is_told_before_the_end()
    {
        ShimUnderTest shim = Running(
            "exec tail /dev/zero", bundle =>
                bundle.Resources["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 });
        shim.Wait("c1").ExitStatus.Should().Be(137);
        shim.Containerd.Await("exit c1 137");
        shim.Containerd.Events.Distinct().Should().Equal("create", "start", "oom", "exit c1 137");
    }

    /// <summary>The hook is a part of the start, and the kill comes while it runs.</summary>
    [RootFact]
    public void A_kill_by_the_memory_limit_is_told_after_a_start_that_takes_longer()
    {
        const string Hooks = """{"poststart": [{"path": "/bin/sleep", "args": ["sleep", "1"]}]}""";
        ShimUnderTest shim = Running(
            "tail /dev/zero; exec sleep 100", bundle =>
            {
                bundle.Resources["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 };
                bundle.Config["hooks"] = JsonNode.Parse(Hooks);
            });
        shim.Containerd.Await("oom");
        shim.Containerd.Events.Distinct().Should().Equal("create", "start", "oom");
    }

    [RootFact]
    public void A_kill_in_an_exec_is_told_too()
    {
        ShimUnderTest shim = Running(
            "exec sleep 100", bundle =>
                bundle.Resources["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 });
        shim.Exec("c1", "e1", "exec tail /dev/zero");
        _ = shim.StartProcess("c1", "e1");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(137);
        shim.Containerd.Await("oom");
    }

    [LegacyCgroupFact]
    public void Statistics_are_those_of_the_cgroup_s_files()
    {
        ShimUnderTest shim = Running(
            "exec sleep 100", bundle => bundle.Resources["memory"] = new JsonObject { ["limit"] = 32 << 20 });
        Any stats = shim.Client.Call<StatsResponse>("Stats", new StatsRequest { Id = "c1" }).Stats;
        stats.TypeUrl.Should().Be("io.containerd.cgroups.v1.Metrics");
        Metrics metrics = Metrics.Parser.ParseFrom(stats.Value);
        metrics.Memory.Usage.Limit.Should().Be(32 << 20);
        metrics.Memory.HierarchicalMemoryLimit.Should().Be(32 << 20);
        metrics.Pids.Current.Should().Be(1);
        metrics.Cpu.Usage.Total.Should().BeGreaterThan(0);
        metrics.Cpu.Usage.PerCpu.Should().NotBeEmpty();
        metrics.MemoryOomControl.Should().NotBeNull();

        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        Metrics after = Metrics.Parser.ParseFrom(
            shim.Client.Call<StatsResponse>("Stats", new StatsRequest { Id = "c1" }).Stats.Value);
        after.Pids.Current.Should().Be(0);
    }

    [LegacyCgroupFact]
    public void Update_changes_what_is_given_and_takes_zero_for_nothing()
    {
        ShimUnderTest shim = Running(
            "exec sleep 100", bundle => bundle.Resources["memory"] = new JsonObject { ["limit"] = 32 << 20 });
        shim.Client.Call("Update", new UpdateTaskRequest
        {
            Id = "c1",
            Resources = new Any
            {
                TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources",
                Value = ByteString.CopyFromUtf8(
                    """{"memory":{"limit":50331648},"cpu":{"shares":0,"quota":0,"period":0},"blockIO":{"weight":0}}"""),
            },
        });
        Metrics metrics = Metrics.Parser.ParseFrom(
            shim.Client.Call<StatsResponse>("Stats", new StatsRequest { Id = "c1" }).Stats.Value);
        metrics.Memory.Usage.Limit.Should().Be(50331648);
    }

    [RootFact]
    public void The_root_s_mounts_are_made_and_unmade()
    {
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Sh("cat /marker /bin/marker2");
        string lower = Path.Combine(Work, "lower");
        Directory.Move(bundle.Rootfs, lower);
        File.WriteAllText(Path.Combine(lower, "marker"), "one\n");
        foreach (string name in new[] { "upper", "work", "top/bin" })
        {
            Directory.CreateDirectory(Path.Combine(Work, name));
        }

        File.WriteAllText(Path.Combine(Work, "top/bin/marker2"), "two\n");
        Directory.CreateDirectory(bundle.Rootfs);
        string log = Path.Combine(Work, "out");
        shim.Start(Begin(bundle));
        _ = shim.Create(bundle, request =>
        {
            request.Stdout = "file://" + log;
            request.Rootfs.Add(
                Overlay($"lowerdir={Work}/top:{lower}", $"upperdir={Work}/upper", $"workdir={Work}/work"));
        });
        Mounts().Should().Contain(bundle.Rootfs);
        _ = shim.StartProcess("c1");
        shim.Wait("c1").ExitStatus.Should().Be(0);
        _ = shim.Delete("c1");
        File.ReadAllText(log).Should().Be("one\ntwo\n");
        Mounts().Should().NotContain(bundle.Rootfs);
    }

    [RootFact]
    public void Many_layers_with_long_paths_are_mounted()
    {
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Sh("cat /marker119");
        string snapshots = Path.Combine(Work, "snapshots-of-a-long-name-as-they-have-them", "snapshots");
        string lower = Path.Combine(snapshots, "base");
        Directory.CreateDirectory(snapshots);
        Directory.Move(bundle.Rootfs, lower);
        Directory.CreateDirectory(bundle.Rootfs);
        string[] layers = [.. Enumerable.Range(0, 120).Select(i => Path.Combine(snapshots, "layer" + i, "fs"))];
        for (int i = 0; i < layers.Length; i++)
        {
            Directory.CreateDirectory(layers[i]);
            File.WriteAllText(Path.Combine(layers[i], "marker" + i), i + "\n");
        }

        string log = Path.Combine(Work, "out");
        shim.Start(Begin(bundle));
        _ = shim.Create(bundle, request =>
        {
            request.Stdout = "file://" + log;
            request.Rootfs.Add(Overlay("lowerdir=" + string.Join(':', [.. layers, lower])));
        });
        _ = shim.StartProcess("c1");
        shim.Wait("c1").ExitStatus.Should().Be(0);
        _ = shim.Delete("c1");
        File.ReadAllText(log).Should().Be("119\n");
    }

    [RootFact]
    public void A_mount_that_fails_takes_the_first_one_back()
    {
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Sh("true");
        shim.Start(Begin(bundle));
        Action create = () => shim.Create(bundle, request =>
        {
            request.Rootfs.Add(new Mount { Type = "tmpfs", Source = "tmpfs" });
            request.Rootfs.Add(new Mount { Type = "ext4", Source = "/nosuch" });
        });
        create.Should().Throw<ShimCallException>().Which.Text.Should().Contain("no such file or directory");
        Mounts().Should().NotContain(bundle.Rootfs);
    }

    [RootFact]
    public void A_mount_below_the_root_follows_the_image_s_links_inside_it()
    {
        string outside = Path.Combine(Work, "outside");
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Sh("true");
        string image = Path.Combine(Work, "image");
        Directory.Move(bundle.Rootfs, image);
        Directory.CreateDirectory(bundle.Rootfs);
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(image + outside);
        File.CreateSymbolicLink(Path.Combine(image, "data"), outside);
        shim.Start(Begin(bundle));
        _ = shim.Create(bundle, request =>
        {
            request.Rootfs.Add(new Mount { Type = "bind", Source = image, Options = { "rbind", "rw" } });
            request.Rootfs.Add(
                new Mount { Type = "bind", Source = image, Target = "data", Options = { "bind", "ro" } });
        });
        string[] made = MountsBelow(Work);
        _ = shim.Delete("c1");
        made.Should().Equal(bundle.Rootfs + " rw", bundle.Rootfs + outside + " ro");
        MountsBelow(Work).Should().BeEmpty();
    }

    [RootFact]
    public void A_shim_that_was_used_sleeps_and_is_small()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        for (int i = 0; i < 50; i++)
        {
            shim.Exec("c1", "e", "true");
            _ = shim.StartProcess("c1", "e");
            _ = shim.Wait("c1", "e");
            _ = shim.Delete("c1", "e");
        }

        Thread.Sleep(3000);
        long before = Switches(shim);
        Thread.Sleep(2000);
        Switches(shim).Should().Be(before, "nothing wakes it");
        Held.Pss(shim).Should().BeLessThan(4000, "in KiB");
    }

    private static string Begin(Bundle bundle)
    {
        bundle.Save();
        return "c1";
    }

    private static Mount Overlay(params string[] options)
    {
        Mount mount = new() { Type = "overlay", Source = "overlay" };
        mount.Options.Add("index=off");
        mount.Options.Add(options);
        return mount;
    }

    private static string Mounts()
    {
        return File.ReadAllText("/proc/self/mountinfo");
    }

    /// <summary>Mount points below a directory, each with the first of its options.</summary>
    private static string[] MountsBelow(string directory)
    {
        return
        [
            .. Mounts().Split('\n').Select(line => line.Split(' '))
                .Where(fields => fields.Length > 5 && fields[4].StartsWith(directory + "/", StringComparison.Ordinal))
                .Select(fields => fields[4] + " " + fields[5].Split(',')[0]),
        ];
    }

    private static long Switches(ShimUnderTest shim)
    {
        return File.ReadAllLines($"/proc/{shim.Pid}/status")
            .Where(line => line.Contains("ctxt_switches", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(':')[1]));
    }
}

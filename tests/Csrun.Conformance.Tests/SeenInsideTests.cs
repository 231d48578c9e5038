using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;
using Csrun.Testing.Recorded;

namespace Csrun.Conformance.Tests;

/// <summary>
/// A container sees under csrun what it sees under Debian's runc: the whole of it, field by field, with the default
/// configurations of runc, containerd, docker and podman.
/// </summary>
public sealed class SeenInsideTests : RuntimeTest
{
    private static readonly string[] s_cgroupFiles =
    [
        "memory/memory.limit_in_bytes", "memory/memory.memsw.limit_in_bytes", "memory/memory.soft_limit_in_bytes",
        "memory/memory.swappiness", "memory/memory.oom_control", "memory/memory.kmem.limit_in_bytes", "cpu/cpu.shares",
        "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us", "cpuset/cpuset.cpus", "cpuset/cpuset.mems", "pids/pids.max",
        "devices/devices.list", "blkio/blkio.weight", "freezer/freezer.state", "hugetlb/hugetlb.2MB.limit_in_bytes",
    ];

    protected override RuntimeBinary Runtime => RuntimeBinary.UnderTest.As("runc");

    public static TheoryData<string> Configurations =>
        ["runc spec", "ctr/default/create", "docker/default/create", "podman/default/create"];

    [RootTheory]
    [MemberData(nameof(Configurations))]
    public void A_container_sees_what_it_sees_under_Debians_runc(string name)
    {
        SortedDictionary<string, string[]> ours = Look(name, Runtime);
        SortedDictionary<string, string[]> theirs = LookUnderDebians(name);

        ours.Keys.Should().Equal(theirs.Keys);
        string[] differences = [.. ours.Keys.SelectMany(section => Compare(section, ours[section], theirs[section]))];
        differences.Should().BeEmpty($"csrun has + and runc has -:\n{string.Join('\n', differences)}\n");
    }

    [RootTheory]
    [InlineData("ctr/default/create")]
    [InlineData("docker/default/create")]
    [InlineData("podman/default/create")]
    public void An_engines_default_runs_in_the_foreground(string name)
    {
        Recording recording = new(name);
        using LivingPlace place = new(Path.Combine(Work, "place"), NewId());
        LivingConfig.Write(recording, place, null);

        Command("run", "--bundle", place.Bundle, place.Id).Exits(7).Stdout.Should().Be("hello\n");
    }

    private static IEnumerable<string> Compare(string section, string[] ours, string[] theirs)
    {
        List<string> left = [.. theirs];
        List<string> extra = [.. SeenInsideDifferences.AsUnderRunc(section, ours).Where(line => !left.Remove(line))];
        return extra.Select(line => $"{section} + {line}").Concat(left.Select(line => $"{section} - {line}"));
    }

    private SortedDictionary<string, string[]> LookUnderDebians(string name)
    {
        try
        {
            return Look(name, RuntimeBinary.Installed("runc")!);
        }
        finally
        {
            HostNull.PutBack();
        }
    }

    private SortedDictionary<string, string[]> Look(string name, RuntimeBinary runtime)
    {
        string id = NewId();
        using LivingPlace place = new(Path.Combine(Work, id[(id.LastIndexOf('-') + 1)..]), id);
        using Pipe output = new();
        string[] program = ["/bin/sh", "-c", SeenInsideProbe.Script];
        string root = place.StateRoot;
        RunOptions options = new() { Stdout = output };
        WriteConfig(name, place, program);
        try
        {
            runtime.Run(
                options, "--root", root, "create", "--bundle", place.Bundle, "--pid-file", place.PidFile, id).Ok();
            runtime.Run("--root", root, "start", id).Ok();
            output.Await(SeenInsideProbe.End);
            SortedDictionary<string, string[]> seen = SeenInsideProbe.Parse(output.Text, place.Normalise);
            seen["cgroup values"] = [.. CgroupValues(Pid(place))];
            seen["keyring"] = [.. SessionKeyring(id).Select(place.Normalise)];
            return seen;
        }
        finally
        {
            End(runtime, place);
        }
    }

    private static void End(RuntimeBinary runtime, LivingPlace place)
    {
        runtime.Run("--root", place.StateRoot, "kill", place.Id, "KILL");
        if (File.Exists(place.PidFile))
        {
            Processes.AwaitOrphan(Pid(place), TimeSpan.FromSeconds(10));
        }

        runtime.Run("--root", place.StateRoot, "delete", "--force", place.Id);
    }

    private static int Pid(LivingPlace place)
    {
        return int.Parse(File.ReadAllText(place.PidFile), CultureInfo.InvariantCulture);
    }

    private static void WriteConfig(string name, LivingPlace place, string[] program)
    {
        if (name != "runc spec")
        {
            LivingConfig.Write(new Recording(name), place, program);
            return;
        }

        JsonObject config = Bundle.DefaultConfig();
        config["process"]!["terminal"] = false;
        LivingConfig.Write(config, place.Id, place, program);
    }

    private static IEnumerable<string> SessionKeyring(string id)
    {
        return File.ReadLines("/proc/keys").Where(line => line.EndsWith($"_ses.{id}: empty", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("perm", StringComparison.Ordinal)..]);
    }

    private static IEnumerable<string> CgroupValues(int pid)
    {
        foreach (string file in s_cgroupFiles)
        {
            string controller = file[..file.IndexOf('/', StringComparison.Ordinal)];
            string full = Path.Combine(CgroupFiles.Directory(controller, pid), Path.GetFileName(file));
            IEnumerable<string> lines = File.Exists(full) ? File.ReadLines(full) : ["absent"];
            yield return $"{file} {string.Join(';', lines.Order(StringComparer.Ordinal))}";
        }
    }
}

using System;
using System.IO;
using Csrun.Testing.Outside;
using Mono.Unix.Native;

namespace Csrun.Testing.Tests;

/// <summary>
/// Each kind of thing that a runtime may leave behind is noticed, named and, where it is ours, swept away.
/// </summary>
public sealed class OutsideInvariantTests : IDisposable
{
    private readonly WorkDirectory _work = new();
    private readonly OutsideInvariant _outside;

    public OutsideInvariantTests()
    {
        OutsideInvariant.PlantCanary(_work.At("canary"));
        Directory.CreateDirectory(_work.At("state"));
        File.WriteAllText(_work.At("binary"), "#!/bin/sh\n");
        _outside = OutsideInvariant.Begin(new OutsideScope(_work.At("binary"), _work.At("state"), _work.At("canary")));
    }

    public void Dispose()
    {
        _work.Dispose();
    }

    [RootFact]
    public void Holds_when_nothing_happened()
    {
        _outside.End(TimeSpan.Zero);
    }

    [RootFact]
    public void Holds_after_a_program_that_ended()
    {
        Programs.Run("true");

        _outside.End(TimeSpan.Zero);
    }

    [RootFact]
    public void Notices_a_mount_and_removes_it()
    {
        Directory.CreateDirectory(_work.At("mounted"));
        Programs.Run("mount", "-t", "tmpfs", "left", _work.At("mounted"));

        Differences().Should().ContainSingle(line => line.StartsWith("+ mount") && line.Contains(_work.At("mounted")));
        File.ReadAllText("/proc/self/mountinfo").Should().NotContain(_work.At("mounted"));
    }

    [RootFact]
    public void Notices_a_cgroup_in_any_hierarchy_and_removes_it()
    {
        string cgroup = $"/sys/fs/cgroup/pids/csrun-test-{_work.Name}";
        Directory.CreateDirectory(cgroup);

        Differences().Should().ContainSingle(line => line.StartsWith($"+ cgroup {cgroup}"));
        Directory.Exists(cgroup).Should().BeFalse();
    }

    [RootFact]
    public void Notices_a_process_whose_parent_is_gone_and_kills_it()
    {
        Programs.Run(
            "sh", "-c",
            "sleep 1000 </dev/null >/dev/null 2>&1 & until [ $(cat /proc/$!/comm) = sleep ]; do sleep 0.01; done");

        string left = Differences().Should().ContainSingle(line => line.StartsWith("+ process")).Subject;
        left.Should().Contain("(sleep)");
        Processes.Below().Should().NotContain(seen => seen.Name == "sleep");
    }

    [RootFact]
    public void Reaps_an_orphan_that_has_ended()
    {
        Programs.Run("sh", "-c", "setsid sleep 0.2 </dev/null >/dev/null 2>&1 &");

        _outside.End(TimeSpan.FromSeconds(5));
    }

    [RootFact]
    public void Notices_a_state_directory()
    {
        Directory.CreateDirectory(_work.At("state", "web"));

        Differences().Should().ContainSingle(line => line.StartsWith($"+ state {_work.At("state", "web")}"));
    }

    [RootFact]
    public void Notices_a_state_directory_at_its_usual_place()
    {
        string place = $"/run/runc/csrun-test-{_work.Name}";
        bool wasThere = Directory.Exists("/run/runc");
        Directory.CreateDirectory(place);

        try
        {
            Differences().Should().Contain(line => line.StartsWith($"+ state {place}"));
        }
        finally
        {
            Directory.Delete(wasThere ? place : "/run/runc", recursive: true);
        }
    }

    [RootFact]
    public void Notices_a_binary_that_was_overwritten()
    {
        File.AppendAllText(_work.At("binary"), "overwritten\n");

        Differences().Should().ContainSingle(line => line.StartsWith("~ binary"));
    }

    [RootFact]
    public void Notices_a_descriptor_that_stayed_open()
    {
        using FileStream left = File.OpenRead(_work.At("binary"));

        Differences().Should().ContainSingle(line => line.StartsWith("+ fd") && line.Contains(_work.At("binary")));
    }

    [RootTheory]
    [InlineData("echo >> file", "~ canary")]
    [InlineData("chmod 600 file", "~ canary")]
    [InlineData("chown 1000 file", "~ canary")]
    [InlineData("rm ptmx", "- canary")]
    [InlineData("cp file f && mv f file", "~ canary")]
    [InlineData("ln -sfn /etc link", "~ canary")]
    [InlineData("mkdir directory/new", "+ canary")]
    [InlineData("mknod directory/null c 1 3", "+ canary")]
    public void Notices_what_happens_to_the_canary(string what, string difference)
    {
        Programs.Run(new RunOptions { WorkingDirectory = _work.At("canary") }, "sh", "-c", what).Ok();

        Differences().Should().ContainSingle(line => line.StartsWith(difference));
    }

    [RootFact]
    public void Notices_another_owner_of_dev_null()
    {
        _ = Syscall.chown("/dev/null", 1000, 0);
        try
        {
            Differences().Should()
                .ContainSingle(line => line.StartsWith("~ device /dev/null itself") && line.Contains("1000:0"));
        }
        finally
        {
            _ = Syscall.chown("/dev/null", 0, 0);
        }
    }

    [RootFact]
    public void Notices_a_changed_kernel_setting()
    {
        const string Setting = "/proc/sys/kernel/domainname";
        string was = File.ReadAllText(Setting);
        File.WriteAllText(Setting, "csrun-test");
        try
        {
            Differences()
                .Should().ContainSingle(line => line.StartsWith("~ kernel setting") && line.EndsWith("csrun-test"));
        }
        finally
        {
            File.WriteAllText(Setting, was);
        }
    }

    [RootFact]
    public void Gives_the_kernel_time_to_settle()
    {
        Programs.Run("sh", "-c", "setsid sleep 0.3 </dev/null >/dev/null 2>&1 &");

        Action atOnce = () => _outside.End(TimeSpan.FromSeconds(10));

        atOnce.Should().NotThrow();
    }

    private string[] Differences()
    {
        OutsideChangedException changed = Assert.Throws<OutsideChangedException>(() => _outside.End(TimeSpan.Zero));
        return [.. changed.Differences];
    }
}

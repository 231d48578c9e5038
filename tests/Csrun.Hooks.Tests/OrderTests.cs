using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Hooks.Tests;

/// <summary>When hooks run, and of which life they are a part (runtime.md, Lifecycle; config.md, Hooks).</summary>
public sealed class OrderTests : HookTest
{
    [CsrunFact]
    public void Run_each_at_its_point_of_the_containers_life()
    {
        Bundle bundle = NewHookBundle().Sh($"echo program >>/marks/order; {WaitingProgram}");
        foreach (string kind in Kinds)
        {
            Add(bundle, kind, $"echo {kind} >>$M/order");
        }

        Add(bundle, "prestart", "echo second prestart >>$M/order");
        Add(
            bundle, "poststart",
            "until grep -q program $M/order; do sleep 0.02; done; echo program has begun >>$M/order");
        Container container = NewContainer(bundle).Create();

        MarkLines("order").Should().Equal("prestart", "second prestart", "createRuntime", "createContainer");
        File.Delete(Path.Combine(Marks, "order"));
        container.Start();
        MarkLines("order")[0].Should().Be("startContainer");
        MarkLines("order").Should().BeEquivalentTo("startContainer", "program", "poststart", "program has begun");
        File.Delete(Path.Combine(Marks, "order"));
        container.Kill().Ok();
        container.Await();
        HasMark("order").Should().BeFalse();
        container.Delete();
        MarkLines("order").Should().Equal("poststop");
    }

    [CsrunFact]
    public void Run_all_in_a_foreground_run_too()
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order").Sh("echo output; exit 7");

        RunResult result = Run(bundle).Exits(7);

        result.Stdout.Should().Be("output\n");
        result.Stderr.Should().BeEmpty();
        MarkLines("order").Should().Equal(Kinds);
    }

    [CsrunFact]
    public void Run_poststart_when_the_program_was_executed()
    {
        Bundle bundle = NewHookBundle();
        Add(
            bundle, "poststart",
            "pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); tr '\\0' ' ' </proc/$pid/cmdline >$M/program");
        Container container = NewContainer(bundle).Create();
        HasMark("program").Should().BeFalse();

        container.Start();

        Mark("program").Should().StartWith("/bin/sh -c while");
    }

    [RootFact]
    public void Run_poststop_when_cgroup_and_state_are_gone()
    {
        Bundle bundle = NewHookBundle();
        Add(
            bundle, "poststop",
            "find /sys/fs/cgroup -name \"*$(sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/')*\" >$M/cgroups");

        Container container = LiveThrough(bundle);

        Mark("cgroups").Should().BeEmpty();
        Directory.Exists(Path.Combine(StateRoot, container.Id)).Should().BeFalse();
    }

    [CsrunFact]
    public void Come_from_the_config_as_it_was_at_create()
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order");
        Container container = NewContainer(bundle).Create();
        bundle.Config.Remove("hooks");
        bundle.Save();

        container.Start();
        container.Kill().Ok();
        container.Await();
        container.Delete();

        MarkLines("order").Should().Equal(Kinds);
    }

    [RootFact]
    public void Find_all_mounts_made_and_the_root_not_yet_entered()
    {
        Bundle bundle = NewHookBundle();
        Add(bundle, "createRuntime", "pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); cat /proc/$pid/mountinfo >$M/seen");
        Add(bundle, "createContainer", "cat /proc/self/mountinfo >$M/own");

        _ = LiveThrough(bundle);

        foreach (string file in new[] { "seen", "own" })
        {
            foreach (string mount in new[] { "", "/proc", "/dev", "/dev/pts", "/marks" })
            {
                MarkLines(file).Select(line => line.Split(' ')[4]).Should().Contain(bundle.Rootfs + mount);
            }
        }
    }

    [RootFact]
    public void May_be_empty_lists()
    {
        Bundle bundle = NewHookBundle().Sh("echo fine");
        foreach (string kind in Kinds)
        {
            bundle.Config["hooks"]![kind] = new JsonArray();
        }

        Run(bundle).Ok().Stdout.Should().Be("fine\n");
    }
}

using System.IO;
using System.Linq;
using Csrun.Testing.Outside;

namespace Csrun.Conformance.Tests;

/// <summary>The operations kill and delete, each with what it must refuse.</summary>
public sealed class KillDeleteTests : RowTest
{
    [RootFact]
    [Broken("exit", "kill")]
    public void OPS_KIL_01_fails_without_an_id()
    {
        FailsWithoutAnId("kill");
    }

    [RootFact]
    [Broken("exit", "kill")]
    public void OPS_KIL_02_and_03_refuses_a_stopped_container_and_signals_nobody()
    {
        Container bystander = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();
        string state = container.State().ToJsonString();

        container.Kill().Exits(1).Stderr
            .Should().MatchRegex("container not running|process already finished|no such process");

        container.State().ToJsonString().Should().Be(state);
        bystander.Status().Should().Be("running");
    }

    [RootFact]
    [Broken("never", "a script calls the runtime, in a pid namespace of its own")]
    public void OPS_KIL_03_spares_a_process_that_got_the_dead_ones_pid()
    {
        // in a pid namespace of its own, where the next pid can be chosen
        Bundle bundle = NewBundle().Sh("exit").Save();
        string runtime = $"{Runtime.Path} --root {StateRoot}";
        string id = NewId();
        string script = $$"""
            {{runtime}} create --bundle {{bundle.Path}} --pid-file {{Work}}/pid {{id}} </dev/null || exit 21
            pid=$(cat {{Work}}/pid)
            {{runtime}} start {{id}} || exit 22
            while [ -e /proc/$pid ]; do sleep 0.02; done
            echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
            sleep 100 &
            [ $! = $pid ] || exit 23
            {{runtime}} kill {{id}} KILL; echo kill $?
            {{runtime}} state {{id}} | grep -o stopped
            {{runtime}} delete --force {{id}} || exit 24
            grep -o sleep /proc/$pid/comm
            """;

        RunResult result = Programs.Run(
            new RunOptions(), "unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", script);

        result.Ok().Lines.Should().Equal("kill 1", "stopped", "sleep");
    }

    [RootTheory]
    [InlineData("TERM")]
    [InlineData("SIGTERM")]
    [InlineData("15")]
    [Broken("skip", "kill")]
    public void OPS_KIL_04_sends_the_signal_to_the_containers_process(string signal)
    {
        Bundle bundle = NewBundle().Sh("trap 'echo got TERM; exit 5' TERM; echo ready; while :; do sleep 0.02; done");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");

        container.Kill(signal).Ok();

        container.Await().Should().Be(5);
        container.Stdout.Await("got TERM\n");
    }

    [RootFact]
    [Broken("skip", "kill")]
    public void OPS_KIL_04_ends_a_created_container()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Kill().Ok();

        container.Await().Should().Be(137);
        container.Status().Should().Be("stopped");
    }

    [RootFact]
    [Broken("exit", "delete")]
    public void OPS_DEL_01_fails_without_an_id()
    {
        FailsWithoutAnId("delete");
    }

    [RootFact]
    [Broken("as", "delete", "delete --force")]
    public void OPS_DEL_02_and_03_refuses_a_running_container_and_lets_it_run()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        string state = container.State().ToJsonString();

        container.Do("delete", container.Id).Fails("not stopped");

        container.State().ToJsonString().Should().Be(state);
        Processes.Find(container.Pid)!.State.Should().NotBe('Z');
        CgroupsOf(container.Id).Should().NotBeEmpty();
    }

    [RootFact]
    [Broken("as", "delete", "delete --force")]
    public void OPS_DEL_02_and_03_refuses_a_paused_container_and_leaves_it_paused()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        container.Do("pause", container.Id).Ok();

        container.Do("delete", container.Id).Fails();

        container.Status().Should().Be("paused");
        container.Do("resume", container.Id).Ok();
        container.Status().Should().Be("running");
    }

    [RootFact]
    [Broken("skip", "delete")]
    public void OPS_DEL_02_takes_a_created_container_as_all_runtimes_do()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Delete();

        AssertGone(container.Id);
    }

    [RootFact]
    [Broken("skip", "delete")]
    public void OPS_DEL_04_removes_what_create_made_and_cgroups_made_below()
    {
        Bundle bundle = NewBundle().Sh("echo ready; while [ ! -e /tmp/go ]; do sleep 0.02; done")
            .Mount("/tmp", "tmpfs", "tmpfs");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");
        foreach (string cgroup in CgroupsOf(container.Id))
        {
            Directory.CreateDirectory(Path.Combine(cgroup, "below", "deeper"));
        }

        container.Kill().Ok();
        container.Await();
        container.Delete();

        AssertGone(container.Id);
        File.ReadAllText("/proc/self/mountinfo").Should().NotContain(bundle.Path);
    }

    [RootFact]
    [Broken("config", "root.readonly=true")]
    public void OPS_DEL_05_leaves_what_was_there_before()
    {
        string space = Path.Combine(Work, "netns");
        string source = Path.Combine(Work, "source");
        Directory.CreateDirectory(source);
        File.WriteAllText(Path.Combine(source, "kept"), "kept\n");
        File.WriteAllText(space, "");
        Programs.Run("unshare", $"--net={space}", "true");
        try
        {
            string inode = Programs.Run("stat", "-L", "-c", "%i %n", space).Stdout;
            Bundle bundle = NewBundle().WritableRoot()
                .NamespaceAt("network", space).Mount("/mnt", "bind", source, "bind")
                .Sh("echo of container >/mnt/made; echo of container >/made");
            Container container = NewContainer(bundle).Create().Start();
            container.Await().Should().Be(0);
            container.Delete();

            Programs.Run("stat", "-L", "-c", "%i %n", space).Stdout.Should().Be(inode);
            Directory.GetFiles(source).Select(Path.GetFileName).Should().BeEquivalentTo("kept", "made");
            File.ReadAllText(Path.Combine(bundle.Rootfs, "made")).Should().Be("of container\n");
            File.Exists(Path.Combine(bundle.Rootfs, "bin/busybox")).Should().BeTrue();
        }
        finally
        {
            Programs.Run("umount", space);
        }
    }

    [RootFact]
    [Broken("skip", "delete")]
    public void OPS_DEL_06_lets_the_id_be_used_again()
    {
        Container container = NewContainer(NewBundle().Sh("echo again")).Create();

        container.Delete();

        Command("run", "--bundle", container.Bundle.Path, container.Id).Ok().Stdout.Should().Be("again\n");
    }

    [RootFact]
    [Broken("skip", "delete")]
    public void OPS_DEL_07_kills_first_by_force()
    {
        Container container = NewContainer(NewBundle().Sh("trap '' TERM; echo ready; while :; do sleep 0.05; done"));
        container.Create().Start().Stdout.Await("ready");

        container.Do("delete", "--force", container.Id).Ok();

        container.Await().Should().Be(137);
        AssertGone(container.Id);
    }

    [RootFact]
    [Broken("exit", "delete")]
    public void OPS_DEL_07_takes_an_unknown_id_only_by_force()
    {
        Command("delete", "--force", "nobody").Ok();
        Command("delete", "nobody").Fails("does not exist");
    }
}

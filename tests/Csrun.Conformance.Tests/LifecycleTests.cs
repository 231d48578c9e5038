using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>The thirteen steps of a container's life.</summary>
public sealed class LifecycleTests : RowTest
{
    [RootFact]
    [Broken("config", "root-")]
    public void SCO_01_lets_its_creator_do_everything_from_anywhere()
    {
        Bundle bundle = NewBundle().Sh("sleep 100");
        Container container = NewContainer(bundle).Create();
        RunOptions elsewhere = new() { WorkingDirectory = "/", Environment = [] };

        Command(elsewhere, "state", container.Id).Ok();
        Command(elsewhere, "start", container.Id).Ok();
        Command(elsewhere, "kill", container.Id, "KILL").Ok();
        container.Await();
        Command(elsewhere, "delete", container.Id).Ok();
    }

    [RootFact]
    [Broken("config", "linux.devices-")]
    public void LIF_01_has_its_whole_environment_after_create()
    {
        Bundle bundle = NewBundle();
        bundle.Config["hostname"] = "of-create";
        bundle.Linux["sysctl"] = new JsonObject { ["net.ipv4.ip_forward"] = "1" };
        bundle.Linux["devices"] = new JsonArray(
            new JsonObject { ["path"] = "/dev/seven", ["type"] = "c", ["major"] = 1, ["minor"] = 7 });
        Container container = NewContainer(bundle).Create();
        string pid = $"{container.Pid}";

        foreach (string name in new[] { "mnt", "pid", "uts", "ipc", "net" })
        {
            string outside = new FileInfo($"/proc/self/ns/{name}").LinkTarget!;
            new FileInfo($"/proc/{pid}/ns/{name}").LinkTarget.Should().NotBe(outside);
        }

        File.ReadAllLines($"/proc/{pid}/mountinfo").Select(line => line.Split(' ')[4])
            .Should().Contain(["/", "/proc", "/dev", "/dev/pts", "/sys"]);
        Programs.Run("stat", "-c", "%t:%T", $"/proc/{pid}/root/dev/seven").Stdout.Should().Be("1:7\n");
        Programs.Run("nsenter", "-t", pid, "-u", "hostname").Stdout.Should().Be("of-create\n");
        Programs.Run("nsenter", "-t", pid, "-n", "cat", "/proc/sys/net/ipv4/ip_forward").Stdout.Should().Be("1\n");
        CgroupsOf(container.Id).Should().NotBeEmpty();
    }

    [RootFact]
    [Broken("exit", "create")]
    public void LIF_02_reports_what_create_cannot_build()
    {
        Bundle bundle = NewBundle().Mount("/mnt", "bind", "/nonexistent/source", "bind").Save();
        string log = Path.Combine(Work, "log.json");

        RunResult result = Command("--log", log, "--log-format", "json", "create", "--bundle", bundle.Path, NewId());

        result.Fails("/nonexistent/source");
        ((string)LastLine(log)["msg"]!).Should().Contain("/nonexistent/source");
    }

    [RootFact]
    [Broken("config", "linux.resources.pids-")]
    public void LIF_03_has_its_resources_after_create()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["pids"] = new JsonObject { ["limit"] = 77 };
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 67_108_864 };
        bundle.Resources["cpu"] = new JsonObject { ["shares"] = 345 };

        Container container = NewContainer(bundle).Create();

        LimitOf(container.Id, "pids", "pids.max").Should().Be("77");
        LimitOf(container.Id, "memory", "memory.limit_in_bytes").Should().Be("67108864");
        LimitOf(container.Id, "cpu", "cpu.shares").Should().Be("345");
    }

    [RootFact]
    [Broken("then", "create", "start")]
    public void LIF_04_does_not_run_the_program_before_start()
    {
        Container container = NewContainer(NewHookBundle().Sh("echo ran >/marks/ran")).Create();
        System.Threading.Thread.Sleep(200);
        HasMark("ran").Should().BeFalse();

        container.Start().Await().Should().Be(0);

        HasMark("ran").Should().BeTrue();
    }

    [RootFact]
    [Broken("output", "state", "old => new")]
    public void LIF_05_goes_by_the_configuration_of_create()
    {
        Bundle bundle = AddAll(NewHookBundle().Sh("echo old"), "echo old >$M/$K");
        bundle.Config["annotations"] = new JsonObject { ["which"] = "old" };
        Container container = NewContainer(bundle).Create();
        bundle.Config["hooks"] = new JsonObject();
        AddAll(bundle.Sh("echo new"), "echo new >$M/$K");
        bundle.Config["annotations"]!["which"] = "new";
        bundle.Save();

        container.Start().Await().Should().Be(0);
        string annotation = (string)container.State()["annotations"]!["which"]!;
        container.Delete();

        annotation.Should().Be("old");
        container.Stdout.Await("old\n");
        Kinds.Select(Mark).Should().OnlyContain(mark => mark == "old");
    }

    [RootFact]
    [Broken("config", "hooks.poststop-")]
    public void LIF_05_needs_no_configuration_after_create()
    {
        Bundle bundle = AddAll(NewHookBundle().Sh("echo ran"), "echo ran >$M/$K");
        Container container = NewContainer(bundle).Create();
        File.Delete(Path.Combine(bundle.Path, "config.json"));

        container.Start().Await().Should().Be(0);
        container.Delete();

        container.Stdout.Await("ran\n");
        Kinds.Should().OnlyContain(kind => HasMark(kind));
    }

    [RootFact]
    [Broken("config", "hooks.prestart-")]
    public void LIF_06_runs_prestart_hooks_during_create()
    {
        OrderAtCreate()[0].Should().Be("prestart");
    }

    [RootFact]
    [Broken("config", "hooks.prestart-")]
    public void LIF_07_ends_where_a_prestart_hook_fails()
    {
        EndsWhereAHookFails("prestart");
    }

    [RootFact]
    [Broken("config", "hooks.createRuntime-")]
    public void LIF_08_runs_createRuntime_hooks_after_prestart()
    {
        OrderAtCreate().Take(2).Should().Equal("prestart", "createRuntime");
    }

    [RootFact]
    [Broken("config", "hooks.createRuntime-")]
    public void LIF_09_ends_where_a_createRuntime_hook_fails()
    {
        EndsWhereAHookFails("createRuntime");
    }

    [RootFact]
    [Broken("config", "hooks.createContainer-")]
    public void LIF_10_runs_createContainer_hooks_after_createRuntime()
    {
        OrderAtCreate().Take(3).Should().Equal("prestart", "createRuntime", "createContainer");
    }

    [RootFact]
    [Broken("config", "hooks.createContainer-")]
    public void LIF_11_ends_where_a_createContainer_hook_fails()
    {
        EndsWhereAHookFails("createContainer");
    }

    [RootFact]
    [Broken("skip", "start")]
    public void LIF_12_takes_a_bundle_and_an_id_at_create_and_the_id_at_start()
    {
        Bundle bundle = NewBundle().Sh("echo ran").Save();
        Container container = NewContainer(bundle);
        RunOptions options = new() { Stdout = container.Stdout, Stderr = container.Stderr };

        Command(options, "create", "--bundle", bundle.Path, container.Id).Ok();
        Command("start", container.Id).Ok();

        container.Stdout.Await("ran\n");
        container.AwaitStatus("stopped");
    }

    [RootFact]
    [Broken("config", "hooks.startContainer-")]
    public void LIF_13_runs_startContainer_hooks_at_start_before_the_program()
    {
        Bundle bundle = NewHookBundle().Sh("echo program >>/marks/order");
        Add(bundle, "startContainer", "sleep 0.2; echo hook >>$M/order");
        Container container = NewContainer(bundle).Create();
        HasMark("order").Should().BeFalse();

        container.Start().Await().Should().Be(0);

        MarkLines("order").Should().Equal("hook", "program");
    }

    [RootFact]
    [Broken("config", "hooks.startContainer-")]
    public void LIF_14_ends_where_a_startContainer_hook_fails()
    {
        EndsWhereAHookFails("startContainer");
        HasMark("program").Should().BeFalse();
    }

    [RootFact]
    [Broken("config", "process.cwd='/'")]
    public void LIF_15_runs_the_program_of_process()
    {
        Bundle bundle = NewBundle().Env("OF=process").Args("/bin/sh", "-c", "echo $OF $0 $(pwd)", "an argument");
        bundle.Process["cwd"] = "/tmp";
        Container container = NewContainer(bundle).Create();

        container.Start().Await().Should().Be(0);

        container.Stdout.Await("process an argument /tmp\n");
    }

    [RootFact]
    [Requirement("CFG-HOOK-34")]
    [Broken("config", "hooks.poststart-")]
    public void LIF_16_runs_poststart_hooks_after_the_execve_and_before_start_returns()
    {
        Bundle bundle = Add(
            NewHookBundle(), "poststart",
            "pid=$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); "
                + "until [ -s $M/seen ]; do sleep 0.02; tr '\\0' ' ' </proc/$pid/cmdline >$M/seen; done");
        Container container = NewContainer(bundle).Create();
        HasMark("seen").Should().BeFalse();

        container.Start();

        Mark("seen").Should().StartWith("/bin/sh -c while");
    }

    [RootFact]
    [Broken("config", "hooks.poststart-")]
    public void LIF_17_ends_where_a_poststart_hook_fails()
    {
        EndsWhereAHookFails("poststart");
    }

    [RootTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("kill -SEGV $$", 139)]
    [InlineData("kill -ABRT $$", 134)]
    [Broken("output", "state", "stopped => running")]
    public void LIF_18_stops_when_the_program_ends_or_crashes(string script, int code)
    {
        // the kernel spares the first process of a pid namespace such signals
        Container container = NewContainer(NewBundle().WithoutNamespace("pid").Sh(script)).Create().Start();

        container.Await().Should().Be(code);

        container.Status().Should().Be("stopped");
    }

    [RootFact]
    [Broken("output", "state", "stopped => running")]
    public void LIF_18_stops_when_the_program_is_killed()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Kill().Ok();

        container.Await().Should().Be(137);
        container.Status().Should().Be("stopped");
    }

    [RootFact]
    [Broken("skip", "delete")]
    public void LIF_19_undoes_at_delete_what_create_made()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();
        CgroupsOf(container.Id).Should().NotBeEmpty();

        container.Delete();

        CgroupsOf(container.Id).Should().BeEmpty();
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
        File.ReadAllText("/proc/self/mountinfo").Should().NotContain(container.Bundle.Path);
    }

    [RootFact]
    [Requirement("CFG-HOOK-35 CFG-HOOK-36")]
    [Broken("config", "hooks.poststop-")]
    public void LIF_20_runs_poststop_hooks_after_the_destruction()
    {
        Bundle bundle = NewHookBundle().Sh("exit");
        Container container = NewContainer(bundle);
        Add(bundle, "poststop", $"find /sys/fs/cgroup -name '*{container.Id}*' >$M/cgroups; ls {StateRoot} >$M/state");
        container.Create().Start().Await();
        HasMark("cgroups").Should().BeFalse();

        container.Delete();

        Mark("cgroups").Should().BeEmpty();
        Mark("state").Should().BeEmpty();
    }

    [RootFact]
    [Broken("silent", "delete")]
    public void LIF_21_warns_of_a_failing_poststop_hook_and_goes_on()
    {
        Bundle bundle = Add(NewHookBundle().Sh("exit"), "poststop", "exit 1");
        Add(bundle, "poststop", "echo ran >$M/second");
        Container container = NewContainer(bundle).Create().Start();
        container.Await();

        container.Do("delete", container.Id).Ok().Stderr.Should().Contain("poststop");

        Mark("second").Should().Be("ran");
        container.Do("state", container.Id).Fails();
    }

    private IReadOnlyList<string> OrderAtCreate()
    {
        _ = NewContainer(AddAll(NewHookBundle(), "echo $K >>$M/order")).Create();
        return MarkLines("order");
    }

    /// <summary>The operation fails, the container is destroyed, no later kind runs but poststop.</summary>
    private void EndsWhereAHookFails(string kind)
    {
        Bundle bundle = NewHookBundle().Sh("echo ran >/marks/program; sleep 100");
        AddAll(bundle, $"echo $K >>$M/order; [ $K != {kind} ]");
        Container container = NewContainer(bundle);

        RunResult result = container.TryCreate();
        result = result.ExitCode == 0 ? container.TryStart() : result;

        result.Fails($"{kind} hook");
        MarkLines("order").Should().Equal([.. Kinds[..(Array.IndexOf(Kinds, kind) + 1)], "poststop"]);
        AssertGone(container.Id);
    }

    private static string LimitOf(string id, string controller, string file)
    {
        string directory = CgroupsOf(id).Single(path => path.Split('/')[4].Split(',').Contains(controller));
        return File.ReadAllText(Path.Combine(directory, file)).Trim();
    }
}

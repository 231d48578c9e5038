using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;

namespace Csrun.Conformance.Tests;

/// <summary>The operations query, create and start, each with what it must refuse.</summary>
public sealed class OperationTests : RowTest
{
    [RootFact]
    [Broken("skip", "create")]
    public void OPS_ALL_01_supports_the_five_operations()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100"));

        container.TryCreate().Ok();
        container.Do("state", container.Id).Ok();
        container.Do("start", container.Id).Ok();
        container.Do("kill", container.Id, "KILL").Ok();
        container.Await().Should().Be(137);
        container.Do("delete", container.Id).Ok();
    }

    [RootFact]
    [Broken("output", "state", "id => ID")]
    public void OPS_ALL_02_takes_global_flags_before_the_command_as_runc_does()
    {
        string log = Path.Combine(Work, "log.json");
        Container container = NewContainer(NewBundle().Sh("exit")).Create();

        RunResult result = Runtime.Run(
            "--debug", "--log", log, "--log-format", "json", "--root", StateRoot, "state", container.Id);

        ((string?)JsonNode.Parse(result.Ok().Stdout)!["id"]).Should().Be(container.Id);
        Runtime.Run("--systemd-cgroup", "--root", StateRoot, "--log-format=json", "list", "-q").Ok()
            .Stdout.Should().Be(container.Id + "\n");
    }

    [RootTheory]
    [InlineData("no-such-program", "executable file not found in $PATH")]
    [InlineData("/no/such/program", "no such file or directory")]
    [InlineData("/etc/passwd", "permission denied")]
    [Broken("silent", "create start")]
    public void OPS_ALL_03_says_in_the_words_of_engines_why_a_program_cannot_run(string program, string words)
    {
        Container container = NewContainer(NewBundle().Args(program));

        RunResult result = container.TryCreate();
        result = result.ExitCode == 0 ? container.TryStart() : result;

        result.ExitCode.Should().NotBe(0);
        result.Message.Should().Contain(words);
    }

    [RootFact]
    [Broken("silent", "kill")]
    public void OPS_ALL_03_says_in_the_words_of_engines_that_a_container_is_not_there_or_not_running()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Kill().Fails("container not running");
        Command("kill", "nobody", "KILL").Fails("does not exist");
    }

    [RootFact]
    [Broken("exit", "state")]
    public void OPS_STA_01_fails_without_an_id()
    {
        FailsWithoutAnId("state");
    }

    [RootFact]
    [Broken("exit", "state")]
    public void OPS_STA_02_fails_for_an_unknown_container()
    {
        RunResult result = Command("state", "nobody").Fails();

        result.Stderr.Should().Contain("does not exist");
        result.Stdout.Should().BeEmpty();
    }

    [RootFact]
    [Broken("output", "state", "$ => x")]
    public void OPS_STA_03_prints_one_state_object()
    {
        Container container = NewContainer(NewBundle()).Create();

        RunResult result = container.Do("state", container.Id).Ok();

        using JsonDocument document = JsonDocument.Parse(result.Stdout); // refuses anything behind the object
        document.RootElement.GetProperty("id").GetString().Should().Be(container.Id);
        StateObject.Faults(JsonNode.Parse(result.Stdout)!.AsObject()).Should().BeEmpty();
        result.Stderr.Should().BeEmpty();
    }

    [RootFact]
    [Broken("exit", "create")]
    public void OPS_CRE_01_fails_without_an_id_or_a_bundle()
    {
        Command("create", "--bundle", NewBundle().Save().Path).ExitCode.Should().NotBe(0);
        Command(new RunOptions { WorkingDirectory = Work }, "create", NewId()).ExitCode.Should().NotBe(0);

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [RootFact]
    [Broken("exit", "create")]
    public void OPS_CRE_02_and_04_refuses_an_id_in_use_and_leaves_the_first_container_alone()
    {
        Container container = NewContainer(NewBundle().Sh("echo first")).Create();
        string state = container.State().ToJsonString();

        Bundle second = NewBundle().Sh("echo second").Save();
        Command("create", "--bundle", second.Path, container.Id).ExitCode.Should().NotBe(0);

        container.State().ToJsonString().Should().Be(state);
        Command("list", "-q").Ok().Stdout.Should().Be(container.Id + "\n");
        container.Start().Await();
        container.Stdout.Await("first\n");
    }

    [RootTheory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("\u00e4")]
    [InlineData("LONG")]
    [Broken("exit", "create")]
    public void OPS_CRE_03_and_04_refuses_an_id_that_is_none(string id)
    {
        id = id == "LONG" ? new string('x', 5000) : id;

        Command("create", "--bundle", NewBundle().Save().Path, id).ExitCode.Should().NotBe(0);

        Command("list", "-q").Ok().Stdout.Should().BeEmpty();
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [RootFact]
    [Broken("then", "create", "start")]
    public void OPS_CRE_05_makes_a_container()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Status().Should().Be("created");
        Processes.Find(container.Pid).Should().NotBeNull();
    }

    [RootFact]
    [Broken("config", "hostname='other'")]
    public void OPS_CRE_06_applies_all_but_the_process()
    {
        Bundle bundle = NewBundle().Mount("/mnt", "tmpfs", "tmpfs", "size=64k", "noexec");
        File.WriteAllText(Path.Combine(bundle.Rootfs, "mark"), "root\n");
        bundle.Config["hostname"] = "before-start";
        bundle.Resources["pids"] = new JsonObject { ["limit"] = 55 };
        Container container = NewContainer(bundle).Create();
        string pid = $"{container.Pid}";

        File.ReadAllText($"/proc/{pid}/root/mark").Should().Be("root\n");
        File.ReadAllLines($"/proc/{pid}/mountinfo").Should().ContainSingle(line => line.Split(' ', 6)[4] == "/")
            .Which.Split(' ')[5].Should().Contain("ro");
        File.ReadAllLines($"/proc/{pid}/mountinfo").Should().ContainSingle(line => line.Split(' ', 6)[4] == "/mnt")
            .Which.Should().Contain("noexec").And.Contain("size=64k");
        Programs.Run("nsenter", "-t", pid, "-u", "hostname").Stdout.Should().Be("before-start\n");
        CgroupsOf(container.Id).Select(directory => Path.Combine(directory, "pids.max")).Where(File.Exists)
            .Should().ContainSingle().Which.Should().Match(file => File.ReadAllText(file) == "55\n");
    }

    [RootFact]
    [Broken("then", "create", "start")]
    public void OPS_CRE_07_does_nothing_with_the_programs_arguments_before_start()
    {
        Container container = NewContainer(NewHookBundle().Args("/bin/touch", "/marks/ran")).Create();
        System.Threading.Thread.Sleep(200);

        HasMark("ran").Should().BeFalse();
        File.ReadAllText($"/proc/{container.Pid}/cmdline").Should().NotContain("/marks/ran");
        container.Start().Await().Should().Be(0);
        HasMark("ran").Should().BeTrue();
    }

    [RootTheory]
    [InlineData("linux.rootfsPropagation", "\"sideways\"")]
    [InlineData("linux.sysctl", "{\"kernel.nosuch\":\"1\"}")]
    [InlineData("linux.namespaces", "[{\"type\":\"nosuch\"}]")]
    [InlineData("linux.namespaces", "[{\"type\":\"mount\"},{\"type\":\"network\",\"path\":\"/nonexistent\"}]")]
    [InlineData("linux.seccomp", "{\"defaultAction\":\"SCMP_ACT_NOSUCH\"}")]
    [InlineData("linux.devices", "[{\"path\":\"/dev/x\",\"type\":\"q\",\"major\":1,\"minor\":1}]")]
    [InlineData("linux.resources", "{\"pids\":{\"limit\":\"many\"}}")]
    [InlineData("mounts", "[{\"destination\":\"/mnt\",\"type\":\"nosuchfs\",\"source\":\"none\"}]")]
    [InlineData("mounts", "[{\"destination\":\"/mnt\",\"source\":\"/nonexistent\",\"options\":[\"bind\"]}]")]
    [InlineData("root", "{\"path\":\"nowhere\"}")]
    [Broken("exit", "create")]
    public void OPS_CRE_09_and_10_refuses_what_cannot_be_applied_and_makes_no_container(string place, string value)
    {
        Bundle bundle = NewBundle();
        string[] names = place.Split('.');
        JsonObject parent = names.Length == 2 ? bundle.Linux : bundle.Config;
        parent[names[^1]] = JsonNode.Parse(value);
        Container container = NewContainer(bundle);

        container.TryCreate().Fails();

        AssertGone(container.Id);
    }

    [RootFact]
    [Broken("config", "process.args=['/bin/true']")]
    public void OPS_CRE_12_returns_when_the_process_waits_and_gives_it_the_callers_streams()
    {
        Bundle bundle = NewBundle().Sh("read line; echo out $line; echo err $line >&2");
        Container container = NewContainer(bundle);
        using Pipe input = new();
        RunOptions options = new() { StdinFd = input.ReadEnd.Number };

        container.TryCreate(options).Ok();

        File.ReadAllText(Path.Combine(bundle.Path, container.Id + ".pid")).Should().MatchRegex("^[1-9][0-9]*$");
        Directory.GetFiles(bundle.Path, "*pid*").Should().HaveCount(1, "nothing of the writing is left");
        ProcessSeen process = Processes.Find(container.Pid)!;
        process.Parent.Should().Be(Environment.ProcessId, "the test is the nearest subreaper");
        Wait.Until(() => $"{Processes.Find(container.Pid)!.State}", state => state == "S");
        container.Start();
        Programs.Run("sh", "-c", $"echo word >/proc/{Environment.ProcessId}/fd/{input.WriteEnd.Number}");
        container.Await().Should().Be(0);
        container.Stdout.Await("out word\n");
        container.Stderr.Await("err word\n");
    }

    [RootFact]
    [Broken("config", "hooks.prestart- ; hooks.createRuntime- ; hooks.createContainer-")]
    public void OPS_CRE_12_writes_the_pid_file_only_when_all_is_ready()
    {
        Bundle bundle = NewHookBundle();
        foreach (string kind in new[] { "prestart", "createRuntime", "createContainer" })
        {
            Add(bundle, kind, $"ls {bundle.Path} >>$M/seen");
        }

        Container container = NewContainer(bundle).Create();

        Mark("seen").Should().Contain("config.json").And.NotContain(".pid");
        Processes.Find(container.Pid).Should().NotBeNull();
    }

    [RootFact]
    [Broken("then", "create", "start")]
    public void OPS_CRE_13_holds_no_descriptor_of_the_caller_while_it_waits()
    {
        Container container = NewContainer(NewBundle());
        using Pipe stray = new();
        string name = new FileInfo($"/proc/self/fd/{stray.WriteEnd.Number}").LinkTarget!;

        container.TryCreate(new RunOptions { ExtraFds = [.. Enumerable.Repeat(stray.WriteEnd.Number, 11)] }).Ok();

        string fds = $"/proc/{container.Pid}/fd";
        foreach (string fd in Directory.GetFileSystemEntries(fds).Select(path => Path.GetFileName(path)!))
        {
            new FileInfo(Path.Combine(fds, fd)).LinkTarget.Should().NotBe(name);
            string flags = File.ReadAllLines($"/proc/{container.Pid}/fdinfo/{fd}")
                .Single(line => line.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim();
            bool closedByExecve = (Convert.ToInt64(flags, 8) & 0x80000) != 0;
            closedByExecve.Should().Be(int.Parse(fd) > 2, fd);
        }
    }

    [RootFact]
    [Broken("exit", "start")]
    public void OPS_STR_01_fails_without_an_id()
    {
        FailsWithoutAnId("start");
    }

    [RootFact]
    [Broken("exit", "start")]
    public void OPS_STR_02_and_03_refuses_a_running_container_and_leaves_it_alone()
    {
        Bundle bundle = NewHookBundle().Sh("echo ran >>/marks/ran; echo ready; sleep 100");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");
        string state = container.State().ToJsonString();
        ProcessSeen before = Processes.Find(container.Pid)!;

        container.TryStart().Fails();

        container.State().ToJsonString().Should().Be(state);
        Processes.Find(container.Pid)!.StartTime.Should().Be(before.StartTime);
        MarkLines("ran").Should().HaveCount(1);
    }

    [RootFact]
    [Broken("exit", "start")]
    public void OPS_STR_02_and_03_refuses_a_stopped_container_and_does_not_run_it_again()
    {
        Container container = NewContainer(NewHookBundle().Sh("echo ran >>/marks/ran")).Create().Start();
        container.Await();

        container.TryStart().Fails();

        container.Status().Should().Be("stopped");
        MarkLines("ran").Should().HaveCount(1);
    }

    [RootFact]
    [Broken("config", "process.args=['/bin/echo','other']")]
    public void OPS_STR_04_runs_the_program_of_process()
    {
        Container container = NewContainer(NewBundle().Args("/bin/echo", "this", "program")).Create();

        container.Start().Await().Should().Be(0);

        container.Stdout.Await("this program\n");
    }

    [RootFact]
    [Requirement("CFG-PROC-02")]
    [Broken("exit", "create start")]
    public void OPS_STR_05_fails_where_there_is_no_process()
    {
        Bundle bundle = NewBundle();
        bundle.Config.Remove("process");
        Container container = NewContainer(bundle);

        RunResult result = container.TryCreate();
        result = result.ExitCode == 0 ? container.TryStart() : result;

        result.Fails("process");
    }

    [RootFact]
    [Broken("skip", "spec")]
    public void CFG_ROOT_04_proposes_the_usual_name_of_a_root()
    {
        RunResult result = Command(new RunOptions { WorkingDirectory = Work }, "spec");

        result.Ok();
        ((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Work,
        "config.json")))!["root"]!["path"]!).Should().Be("rootfs");
    }
}

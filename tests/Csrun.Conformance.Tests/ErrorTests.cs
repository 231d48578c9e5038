using System;
using System.IO;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;

namespace Csrun.Conformance.Tests;

/// <summary>Errors, which undo all, and warnings, which change nothing.</summary>
public sealed class ErrorTests : RowTest
{
    [RootFact]
    [Broken("silent", "state")]
    public void ERR_01_reports_an_error_by_code_stderr_and_the_logs_last_line()
    {
        string log = Path.Combine(Work, "log.json");

        RunResult result = Command("--log", log, "--log-format", "json", "state", "nobody").Fails();

        result.Stderr.Should().Contain("does not exist");
        JsonObject last = LastLine(log);
        ((string)last["level"]!).Should().Be("error");
        ((string)last["msg"]!).Should().Contain("does not exist");
        DateTimeOffset.TryParse((string)last["time"]!, out _).Should().BeTrue();
    }

    [RootFact]
    [Broken("exit", "exec")]
    public void ERR_01_exits_with_255_where_exec_cannot_start_its_program()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Do("exec", container.Id, "/nonexistent").Exits(255).Stderr.Should().NotBeEmpty();
    }

    [RootTheory]
    [InlineData("mount")]
    [InlineData("hook")]
    [InlineData("program")]
    [Broken("exit", "create")]
    public void ERR_02_leaves_nothing_of_a_failed_create_and_the_id_free(string fault)
    {
        Bundle bundle = NewHookBundle().Sh("echo good");
        Container container = NewContainer(bundle);
        JsonObject good = bundle.Config.DeepClone().AsObject();
        _ = fault switch
        {
            "mount" => bundle.Mount("/mnt", "bind", "/nonexistent/source", "bind"),
            "hook" => Add(bundle, "createContainer", "exit 1"),
            _ => bundle.Args("/nonexistent"),
        };

        container.TryCreate().Fails();

        AssertGone(container.Id);
        bundle.ConfigFrom(good).Save();
        Command("run", "--bundle", bundle.Path, container.Id).Ok().Stdout.Should().Be("good\n");
    }

    [RootFact]
    [Broken("exit", "start")]
    public void ERR_02_leaves_no_process_of_a_failed_start()
    {
        Bundle bundle = NewBundle().Args("/bin/gone");
        string program = Path.Combine(bundle.Rootfs, "bin/gone");
        File.Copy(Path.Combine(bundle.Rootfs, "bin/busybox"), program);
        Container container = NewContainer(bundle).Create();
        File.Delete(program);

        container.TryStart().ExitCode.Should().NotBe(0);

        Processes.ReapOrphans();
        Processes.Find(container.Pid).Should().BeNull();
        container.Do("delete", "--force", container.Id).Ok();
        AssertGone(container.Id);
    }

    [RootFact]
    [Broken("config", "process-")]
    public void ERR_03_goes_on_after_a_warning()
    {
        RunResult result = Run(NewBundle().Capabilities("CAP_TEST").Sh("echo works"));

        result.Ok().Stdout.Should().Be("works\n");
        result.Message.Should().Contain("CAP_TEST");
    }

    [RootFact]
    [Broken("output", "run", "^ => warning")]
    public void ERR_04_warns_in_the_log_where_there_is_one_and_never_on_stdout()
    {
        Bundle bundle = NewBundle().Capabilities("CAP_TEST").Sh("true").Save();
        string log = Path.Combine(Work, "log.json");

        RunResult result = Command("--log", log, "--log-format", "json", "run", "--bundle", bundle.Path, NewId()).Ok();

        result.Stdout.Should().BeEmpty();
        ((string)LastLine(log)["level"]!).Should().Be("warning");
        ((string)LastLine(log)["msg"]!).Should().Contain("CAP_TEST");
    }
}

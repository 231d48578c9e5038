using System;
using System.IO;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Hooks.Tests;

/// <summary>A hook that fails ends the container, and says why.</summary>
public sealed class FailureTests : HookTest
{
    [CsrunTheory]
    [InlineData("prestart")]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    [InlineData("poststart")]
    public void Takes_the_container_down_and_runs_poststop(string kind)
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order");
        Add(bundle, kind, "echo last words >&2; echo output; exit 3");
        Add(bundle, kind, "echo never >>$M/order");
        Container container = NewContainer(bundle);

        RunResult result = FirstFailure(container).Exits(1);

        result.Stderr.Should().Be(
            $"csrun: {Step(kind)} {container.Id}: hooks.{kind}[1]: error running {kind} hook #1: exit status 3, "
            + "stdout: output, stderr: last words\n");
        MarkLines("order").Should().Equal([.. Kinds[..(Array.IndexOf(Kinds, kind) + 1)], "poststop"]);
        container.Do("state", container.Id).Exits(1).Stderr.Should().Contain("container does not exist");
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    [InlineData("poststart")]
    public void Fails_a_foreground_run(string kind)
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order");
        Add(bundle, kind, "exit 3");

        Run(bundle).Exits(1).Stderr.Should().Contain($"hooks.{kind}[1]: error running {kind} hook #1: exit status 3");

        MarkLines("order").Should().Equal([.. Kinds[..(Array.IndexOf(Kinds, kind) + 1)], "poststop"]);
    }

    [CsrunTheory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    [InlineData("poststart")]
    public void Is_killed_with_its_process_group_when_its_time_is_over(string kind)
    {
        Bundle bundle = NewHookBundle();
        Add(
            bundle, kind, "trap '' TERM; echo begun >&2; (trap '' TERM; sleep 61; echo late >>$M/late) & sleep 60",
            hook => hook["timeout"] = 2);

        RunResult result = FirstFailure(NewContainer(bundle)).Exits(1);

        result.Stderr.Should().Contain(
            $"error running {kind} hook #0: hook ran past specified timeout of 2.0s, stdout: , stderr: begun\n");
        result.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(1.9)).And.BeLessThan(TimeSpan.FromSeconds(10));
    }

    [RootTheory]
    [InlineData("/nonexistent/hook", "no such file or directory")]
    [InlineData("/etc/passwd", "permission denied")]
    [InlineData("/etc", "permission denied")]
    [InlineData("SCRIPT", "exec format error")]
    public void Names_a_program_that_cannot_be_executed(string path, string reason)
    {
        if (path == "SCRIPT")
        {
            path = Path.Combine(Work, "no-interpreter");
            File.WriteAllText(path, "exit 0\n");
            _ = Syscall.chmod(path, (FilePermissions)0x1ed);
        }

        foreach (string kind in new[] { "createRuntime", "createContainer" })
        {
            Bundle bundle = AddRaw(NewHookBundle(), kind, new JsonObject { ["path"] = path });

            RunResult result = NewContainer(bundle).TryCreate().Exits(1);

            result.Message.Should().Contain($"hook #0: fork/exec {path}: {reason}");
        }
    }

    [RootFact]
    public void Tells_of_the_signal_that_killed_it()
    {
        Bundle bundle = Add(NewHookBundle(), "createRuntime", "kill -SEGV $$");

        NewContainer(bundle).TryCreate().Exits(1).Message.Should().Contain("signal: segmentation fault");
    }

    [CsrunTheory]
    [InlineData("createRuntime")]
    [InlineData("createContainer")]
    [InlineData("startContainer")]
    public void Shows_the_end_of_what_it_wrote(string kind)
    {
        Bundle bundle = NewHookBundle();
        Add(
            bundle, kind,
            "i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done; echo the very end >&2; exit 1");

        RunResult result = FirstFailure(NewContainer(bundle)).Exits(1);

        result.Stderr.TrimEnd().Should().EndWith("the very end");
        result.Stderr.Should().Contain("line 19999").And.NotContain("line 10000");
        result.Stderr.Length.Should().BeInRange(4000, 8000);
    }

    [CsrunFact]
    public void Is_but_a_warning_from_poststop_and_the_others_run()
    {
        Bundle bundle = NewHookBundle();
        Add(bundle, "poststop", "echo sorry >&2; exit 4");
        AddRaw(bundle, "poststop", new JsonObject { ["path"] = "/nonexistent" });
        Add(bundle, "poststop", "echo last >>$M/order");
        Container container = NewContainer(bundle).Create();

        RunResult result = container.Do("delete", "--force", container.Id).Ok();

        MarkLines("order").Should().Equal("last");
        result.Stderr.Should().Be(
            "csrun: warning: hooks.poststop[0]: error running poststop hook #0: exit status 4, stdout: , "
            + "stderr: sorry\n"
            + "csrun: warning: hooks.poststop[1]: error running poststop hook #1: fork/exec /nonexistent: no such file "
            + "or directory\n");
    }

    [CsrunFact]
    public void Of_the_set_up_after_createRuntime_runs_poststop_too()
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order").Args("/nonexistent");

        NewContainer(bundle).TryCreate().Exits(1).Stderr.Should().Contain("no such file or directory");

        MarkLines("order").Should().Equal("prestart", "createRuntime", "createContainer", "poststop");
    }

    [CsrunFact]
    public void Comes_at_once_when_csrun_is_told_to_end()
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order");
        Add(bundle, "createRuntime", "kill -TERM $PPID; sleep 60");

        RunResult result = NewContainer(bundle).TryCreate().Exits(1);

        result.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        MarkLines("order").Should().Equal("prestart", "createRuntime", "poststop");
    }

    [CsrunFact]
    public void Of_csrun_itself_leaves_a_stopped_container_that_can_be_deleted()
    {
        Bundle bundle = AddAll(NewHookBundle(), "echo $K >>$M/order");
        Add(bundle, "createRuntime", "kill -KILL $PPID");
        Container container = NewContainer(bundle);

        container.TryCreate().Exits(137);

        container.AwaitStatus("stopped").Delete();
        MarkLines("order").Should().Equal("prestart", "createRuntime", "poststop");
    }

    [CsrunFact]
    public void Is_found_in_the_config_before_anything_is_made()
    {
        Bundle bundle = NewHookBundle();
        AddRaw(bundle, "prestart", new JsonObject { ["path"] = "true" });
        AddRaw(bundle, "poststop", new JsonObject { ["path"] = "/bin/true", ["timeout"] = 0 });
        AddRaw(bundle, "poststart", new JsonObject());

        string message = NewContainer(bundle).TryCreate().Exits(1).Message;

        message.Should().Contain("hooks.prestart[0].path: ").And.Contain("hooks.poststop[0].timeout: ")
            .And.Contain("hooks.poststart[0].path: ");
    }

    private static RunResult FirstFailure(Container container)
    {
        RunResult created = container.TryCreate();
        return created.ExitCode == 0 ? container.TryStart() : created;
    }

    private static string Step(string kind)
    {
        return kind is "startContainer" or "poststart" ? "start" : "create";
    }
}

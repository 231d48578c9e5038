using System;
using System.IO;
using System.Linq;
using System.Text;
using Csrun.Testing.Outside;

namespace Csrun.Exec.Tests;

/// <summary>`exec` in the foreground: what the caller sees of the program, and of its failure.</summary>
public sealed class ExecTests : ExecTest
{
    private const string TellsOfTerm = "trap 'echo got TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done";

    [RootTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public void Exits_with_the_programs_code_or_128_and_its_signal(string script, int code)
    {
        Exec(Running(), [], "/bin/sh", "-c", script).Exits(code);
    }

    [RootFact]
    public void Passes_output_errors_and_input_through()
    {
        RunOptions options = new() { Stdin = Encoding.UTF8.GetBytes("typed\n") };

        RunResult result = Exec(options, Running(), [], "/bin/sh", "-c", "cat; echo complaint >&2").Ok();

        result.Stdout.Should().Be("typed\n");
        result.Stderr.Should().Be("complaint\n");
        result.OutputEnded.Should().BeTrue("nobody may hold the caller's pipes after the program");
    }

    [RootTheory]
    [InlineData("/nonexistent", "exec: \"/nonexistent\": stat /nonexistent: no such file or directory")]
    [InlineData("nonexistent", "exec: \"nonexistent\": executable file not found in $PATH")]
    [InlineData("", "exec: \"\": executable file not found in $PATH")]
    [InlineData("/etc/passwd", "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/etc", "exec: \"/etc\": permission denied")]
    public void Exits_with_255_and_the_words_engines_look_for_when_the_program_cannot_be_started(
        string program, string words)
    {
        RunResult result = Exec(Running(), [], program).Exits(255);

        result.Message.Should().Contain(words);
        result.Stdout.Should().BeEmpty();
    }

    [RootFact]
    public void Says_exec_failed_where_it_is_called_runc()
    {
        Container container = Running();

        RunResult result = Runtime.As("runc").Run("--root", StateRoot, "exec", container.Id, "/nonexistent").Exits(255);

        result.Message.Should().Contain("level=error msg=\"exec failed: ").And.Contain("no such file or directory");
    }

    [RootFact]
    public void Finds_the_program_on_the_containers_path()
    {
        Exec(Running(), [], "echo", "found").Ok().Stdout.Should().Be("found\n");
    }

    [RootFact]
    public void Works_in_a_container_that_is_created_and_not_started()
    {
        Container container = NewContainer(NewBundle()).Create();

        Sh(container, "echo here").Should().Be("here");
        container.Status().Should().Be("created");
    }

    [RootFact]
    public void Refuses_a_container_that_does_not_exist()
    {
        Command("exec", NewId(), "/bin/true").Exits(255).Message.Should().Contain("container does not exist");
    }

    [RootFact]
    public void Refuses_a_stopped_container()
    {
        Container container = Running();
        container.Kill().Ok();
        container.AwaitStatus("stopped");

        Exec(container, [], "/bin/true").Exits(255).Message.Should().Contain("cannot exec in a stopped container");
    }

    [RootFact]
    public void Ends_with_the_container()
    {
        Container container = Running();
        string pidFile = System.IO.Path.Combine(Work, "exec.pid");

        Exec(container, ["--detach", "--pid-file", pidFile], "/bin/sleep", "1000").Ok();
        container.Kill().Ok();

        // The container's first process ends only when its namespace is empty, and this one's parent is the test.
        int pid = int.Parse(System.IO.File.ReadAllText(pidFile), System.Globalization.CultureInfo.InvariantCulture);
        Testing.Outside.Processes.AwaitOrphan(pid, System.TimeSpan.FromSeconds(10)).Should().Be(137);
        container.AwaitStatus("stopped");
    }

    [RootFact]
    public void Forwards_signals_to_the_program()
    {
        Container container = Running();
        string script =
            $"""
            {Runtime.Path} --root {StateRoot} exec {container.Id} /bin/sh -c "{TellsOfTerm}" >{Work}/out & rt=$!
            until grep -q ready {Work}/out; do sleep 0.02; done
            kill -TERM $rt
            wait $rt; echo $?; cat {Work}/out
            """;

        Programs.Run("sh", "-c", script).Stdout.Should().Be("3\nready\ngot TERM\n");
    }

    /// <summary>Held up before it looks: the program's beginning and the signal are both there then.</summary>
    [CsrunFact]
    public void Forwards_a_signal_that_came_before_it_knew_that_the_program_runs()
    {
        Container container = Running();
        string script =
            $"""
            strace -qq -o {Work}/trace -e inject=ppoll:delay_enter=2s:when=1 \
                {Runtime.Path} --root {StateRoot} exec {container.Id} /bin/sh -c "{TellsOfTerm}" >{Work}/out & tracer=$!
            until grep -q ready {Work}/out; do sleep 0.02; done
            kill -TERM $(cat /proc/$tracer/task/$tracer/children)
            wait $tracer; echo $?; cat {Work}/out
            """;

        Programs.Run("sh", "-c", script).Stdout.Should().Be("3\nready\ngot TERM\n");
        File.ReadAllText(Path.Combine(Work, "trace")).Should().Contain("(DELAYED)");
    }

    [RootFact]
    public void Leaves_the_program_running_when_it_is_killed_itself()
    {
        Container container = Running();
        string script = $"{Runtime.Path} --root {StateRoot} exec {container.Id} /bin/sh -c 'echo ready; sleep 0.5; "
            + "echo still > /dev/shm/x' "
            + $"> {Work}/out & rt=$!; until grep -q ready {Work}/out; do sleep 0.02; done; kill -KILL $rt; wait $rt; "
            + "echo $?";

        Programs.Run("sh", "-c", script).Stdout.Should().Be("137\n");

        Sh(container, "until [ -s /dev/shm/x ]; do sleep 0.05; done; cat /dev/shm/x").Should().Be("still");
        Wait.Until(
            () =>
            {
                Processes.ReapOrphans();
                return string.Join(' ', Processes.Below()
                    .Where(seen => seen.Parent == Environment.ProcessId).Select(seen => seen.Pid));
            },
            children => children == $"{container.Pid}");
    }

    [RootFact]
    public void Runs_ten_at_once_in_one_container()
    {
        Container container = Running();
        string exec = $"{Runtime.Path} --root {StateRoot} exec {container.Id} /bin/echo hello";

        Programs.Run("sh", "-c", $"for i in 0 1 2 3 4 5 6 7 8 9; do {exec} & done; wait").Lines
            .Should().HaveCount(10).And.OnlyContain(line => line == "hello");
    }

    [RootFact]
    public void Takes_no_flags_after_the_program()
    {
        Exec(Running(), [], "/bin/echo", "--cwd", "/tmp", "-d").Ok().Stdout.Should().Be("--cwd /tmp -d\n");
    }
}

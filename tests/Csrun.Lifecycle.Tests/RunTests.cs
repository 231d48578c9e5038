using System;
using System.IO;
using System.Linq;
using System.Text;

namespace Csrun.Lifecycle.Tests;

/// <summary>`run` in the foreground: the caller sees the program as if it had started it itself.</summary>
public sealed class RunTests : RuntimeTest
{
    [RootTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("sh -c 'kill -KILL $$'; exit $?", 137)]
    public void Exits_with_the_programs_code(string script, int code)
    {
        Run(NewBundle().Sh(script)).Exits(code);
    }

    [RootFact]
    public void Exits_with_128_and_the_signal_that_killed_the_program()
    {
        Bundle bundle = NewBundle().Sh("echo ready; sleep 100");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");

        container.Kill("KILL").Ok();

        container.Await().Should().Be(137);
    }

    [RootFact]
    public void Passes_output_and_errors_through()
    {
        RunResult result = Run(NewBundle().Sh("echo to stdout; echo to stderr >&2")).Ok();

        result.Stdout.Should().Be("to stdout\n");
        result.Stderr.Should().Be("to stderr\n");
        result.OutputEnded.Should().BeTrue("nobody may hold the caller's pipes after the container");
    }

    [RootFact]
    public void Passes_input_through_to_its_end()
    {
        byte[] input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\n")));

        RunResult result = Run(NewBundle().Args("/bin/sha256sum"), new RunOptions { Stdin = input }).Ok();

        result.Stdout.Should().StartWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input)));
    }

    [RootFact]
    public void Carries_a_megabyte_of_output()
    {
        RunResult result = Run(NewBundle().Sh("head -c 1000000 /dev/zero")).Ok();

        result.Stdout.Should().HaveLength(1_000_000);
    }

    [RootFact]
    public void Leaves_the_program_as_process_1_alone_in_its_namespace()
    {
        Inside(NewBundle(), "echo $$; ls -d /proc/[0-9]* | wc -l").Should().MatchRegex("^1\n[234]$");
    }

    [RootTheory]
    [InlineData("/nonexistent", "no such file or directory")]
    [InlineData("nonexistent", "executable file not found in $PATH")]
    [InlineData("/etc/passwd", "permission denied")]
    [InlineData("/etc", "permission denied")]
    public void Fails_with_code_1_when_the_program_cannot_be_started(string program, string reason)
    {
        RunResult result = Run(NewBundle().Args(program)).Exits(1);

        result.Stderr.Should().Contain(reason);
        result.Stdout.Should().BeEmpty();
    }

    [RootFact]
    public void Finds_the_program_on_the_containers_path()
    {
        Bundle bundle = NewBundle();
        bundle.Process["env"] = new System.Text.Json.Nodes.JsonArray("PATH=/opt:/usr/bin");
        Directory.CreateDirectory(Path.Combine(bundle.Rootfs, "opt"));
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "opt", "echo"), "/bin/busybox");

        Run(bundle.Args("echo", "found")).Ok().Stdout.Should().Be("found\n");
    }

    [RootFact]
    public void Takes_the_bundle_from_where_it_is_called()
    {
        Bundle bundle = NewBundle().Sh("echo here").Save();

        Command(new RunOptions { WorkingDirectory = bundle.Path }, "run", NewId()).Ok().Stdout.Should().Be("here\n");
    }

    [RootFact]
    public void Takes_a_relative_bundle()
    {
        Bundle bundle = NewBundle().Sh("echo here").Save();

        Command(new RunOptions { WorkingDirectory = Work }, "run", "-b", Path.GetFileName(bundle.Path), NewId()).Ok()
            .Stdout.Should().Be("here\n");
    }

    [CsrunFact]
    public void Takes_a_bundle_alone_and_makes_up_the_id()
    {
        Bundle bundle = NewBundle().Sh("cat /proc/self/cgroup").Save();

        RunResult result = Command(
            new RunOptions { WorkingDirectory = Work }, "run", Path.GetFileName(bundle.Path) + "/").Ok();

        result.Stdout.Should().MatchRegex($"/{Path.GetFileName(bundle.Path)}-?[a-z0-9]{{4}}\n");
    }

    [RootFact]
    public void Detaches_and_leaves_the_container_to_its_caller()
    {
        Bundle bundle = NewBundle().Sh("echo begun; sleep 100").Save();
        Container container = NewContainer(bundle);

        Command(
            new RunOptions { Stdout = container.Stdout, Stderr = container.Stderr },
            "run", "--detach", "--bundle", bundle.Path, "--pid-file", Path.Combine(bundle.Path, container.Id + ".pid"),
            container.Id).Ok();

        container.Stdout.Await("begun");
        container.Status().Should().Be("running");
        container.Kill().Ok();
        container.Await().Should().Be(137);
    }

    [RootFact]
    public void Forwards_signals_to_the_program()
    {
        Bundle bundle = NewBundle()
            .Sh("trap 'echo got TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done").Save();
        string script =
            $"{Runtime.Path} --root {StateRoot} run --bundle {bundle.Path} {NewId()} > {Work}/out & rt=$!; " +
            $"until grep -q ready {Work}/out; do sleep 0.02; done; kill -TERM $rt; wait $rt; echo $?; cat {Work}/out";

        Programs.Run("sh", "-c", script).Stdout.Should().Be("3\nready\ngot TERM\n");
    }

    [RootFact]
    public void Runs_ten_at_once()
    {
        Bundle bundle = NewBundle().Sh("echo hello").Save();
        string id = NewId();
        string script =
            $"for i in 0 1 2 3 4 5 6 7 8 9; do {Runtime.Path} --root {StateRoot} run --bundle {bundle.Path} {id}-$i & "
                + "done; wait";

        Programs.Run("sh", "-c", script).Lines.Should().HaveCount(10).And.OnlyContain(line => line == "hello");
    }
}

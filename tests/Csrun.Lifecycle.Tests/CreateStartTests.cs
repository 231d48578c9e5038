using System;
using System.Globalization;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Csrun.Testing.Outside;
using Mono.Unix.Native;

namespace Csrun.Lifecycle.Tests;

/// <summary>The life of a container in single steps, as engines drive it.</summary>
public sealed class CreateStartTests : RuntimeTest
{
    [RootFact]
    public void Goes_from_created_through_running_to_stopped_and_away()
    {
        Container container = NewContainer(NewBundle().Sh("read line; echo got $line"));
        using Pipe stdin = new();

        container.TryCreate(new RunOptions { StdinFd = stdin.ReadEnd.Number }).Ok();
        container.Status().Should().Be("created");
        container.Stdout.Text.Should().BeEmpty();

        container.Start();
        container.Status().Should().Be("running");

        stdin.WriteEnd.Dispose();
        container.Await().Should().Be(0);
        container.Status().Should().Be("stopped");
        container.Stdout.ReadToEnd(TimeSpan.FromSeconds(5)).Should().BeTrue();
        container.Stdout.Text.Should().Be("got\n");

        container.Delete();
        Command("state", container.Id).Exits(1).Stderr.Should().Contain("container does not exist");
    }

    [RootFact]
    public void Does_not_run_the_program_before_start()
    {
        Container container = NewContainer(NewBundle().WritableRoot().Sh("touch /ran")).Create();
        Thread.Sleep(200);
        File.Exists(Path.Combine(container.Bundle.Rootfs, "ran")).Should().BeFalse();

        container.Start();

        container.Await().Should().Be(0);
        File.Exists(Path.Combine(container.Bundle.Rootfs, "ran")).Should().BeTrue();
    }

    [RootFact]
    public void Becomes_a_child_of_the_caller()
    {
        Container container = NewContainer(NewBundle().Sh("exit 42")).Create();

        Processes.Find(container.Pid)!.Parent.Should().Be(Environment.ProcessId);
        container.Start().Await().Should().Be(42);
    }

    [RootFact]
    public void Writes_the_pid_file_as_decimal_digits_alone()
    {
        Container container = NewContainer(NewBundle()).Create();
        string file = Path.Combine(container.Bundle.Path, container.Id + ".pid");

        string text = File.ReadAllText(file);

        text.Should().MatchRegex("^[1-9][0-9]*$");
        ((int)container.State()["pid"]!).Should().Be(int.Parse(text, CultureInfo.InvariantCulture));
        _ = Syscall.lstat(file, out Stat stat);
        Convert.ToString((uint)stat.st_mode & 0xfff, 8).Should().Be("644");
    }

    [RootFact]
    public void Writes_a_relative_pid_file_where_it_is_called()
    {
        Bundle bundle = NewBundle().Save();
        Container container = NewContainer(bundle);

        Command(
            new RunOptions { WorkingDirectory = Work, Stdout = container.Stdout, Stderr = container.Stderr },
            "create", "--bundle", bundle.Path, "--pid-file", "here.pid", container.Id).Ok();

        File.Exists(Path.Combine(Work, "here.pid")).Should().BeTrue();
    }

    [RootFact]
    public void Refuses_an_id_that_is_in_use()
    {
        Container container = NewContainer(NewBundle()).Create();

        RunResult second = Command("create", "--bundle", container.Bundle.Path, container.Id).Exits(1);

        second.Stderr.Should().Contain("container with given ID already exists");
        container.Status().Should().Be("created", "the first one must not have suffered");
    }

    [RootFact]
    public async Task Lets_exactly_one_of_two_racing_creates_win()
    {
        for (int round = 0; round < 5; round++)
        {
            Container first = NewContainer(NewBundle());
            first.Bundle.Save();
            using Pipe output = new();
            using Pipe errors = new();
            RunOptions options = new() { Stdout = output, Stderr = errors };
            Task<RunResult> other = Task.Run(() => Command(options, "create", "--bundle", first.Bundle.Path, first.Id));

            RunResult one = first.TryCreate();
            RunResult two = await other;

            new[] { one.ExitCode, two.ExitCode }.Should().BeEquivalentTo([0, 1], $"{one}\n{two}");
            (one.Stderr + two.Stderr).Should().Contain("container with given ID already exists");
            first.Status().Should().Be("created");
            first.Do("delete", "--force", first.Id).Ok();
        }
    }

    [RootFact]
    public void Refuses_to_start_twice()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.TryStart().Exits(1).Stderr.Should().Contain("cannot start an already running container");
    }

    [RootFact]
    public void Refuses_to_start_what_has_stopped()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.TryStart().Exits(1).Stderr.Should().Contain("cannot start a container that has stopped");
    }

    [RootFact]
    public void Reports_a_missing_program_at_create()
    {
        Container container = NewContainer(NewBundle().Args("/nonexistent"));

        RunResult result = container.TryCreate().Exits(1);

        result.Message.Should().Contain("exec: \"/nonexistent\": stat /nonexistent: no such file or directory");
        Directory.Exists(Path.Combine(StateRoot, container.Id)).Should().BeFalse();
    }

    [RootFact]
    public void Keeps_two_containers_apart()
    {
        Container one = NewContainer(NewBundle().Sh("hostname; echo one; sleep 100")).Create();
        Container two = NewContainer(NewBundle().Sh("hostname; echo two; sleep 100")).Create();
        two.Start();
        two.Stdout.Await("two");

        one.Status().Should().Be("created");
        two.Kill().Ok();
        two.Await().Should().Be(137);
        one.Start();
        one.Stdout.Await("one");
        one.Status().Should().Be("running");
    }

    [RootFact]
    public void Notices_a_config_that_changed_after_create()
    {
        Bundle bundle = NewBundle().Sh("echo as created");
        Container container = NewContainer(bundle).Create();

        bundle.Sh("echo as changed").Save();
        bundle.Config["annotations"] = new JsonObject { ["late"] = "yes" };
        bundle.Save();

        container.Start().Await().Should().Be(0);
        container.Stdout.ReadToEnd(TimeSpan.FromSeconds(5));
        container.Stdout.Text.Should().Be("as created\n", "create took the config, and later changes have no effect");
        container.State().ContainsKey("annotations").Should().BeFalse();
    }
}

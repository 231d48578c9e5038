using System.Globalization;
using System.IO;

namespace Csrun.Exec.Tests;

/// <summary>`exec --detach`, the pid file and the pidfd socket: what engines are told of the program.</summary>
public sealed class DetachTests : ExecTest
{
    [RootFact]
    public void Returns_as_soon_as_the_program_runs_and_leaves_it_to_the_caller()
    {
        Container container = Running();
        string pidFile = Path.Combine(Work, "exec.pid");
        using Pipe output = new();

        Exec(
            new RunOptions { Stdout = output }, container, ["--detach", "--pid-file", pidFile], "/bin/sh", "-c",
            "echo begun; sleep 0.3; exit 9").Ok();

        string text = File.ReadAllText(pidFile);
        text.Should().MatchRegex("^[0-9]+$");
        output.Await("begun");
        Testing.Outside.Processes.AwaitOrphan(
            int.Parse(text, CultureInfo.InvariantCulture), System.TimeSpan.FromSeconds(10)).Should().Be(9);
    }

    [RootFact]
    public void Writes_the_pid_file_in_the_foreground_too()
    {
        Container container = Running();
        string pidFile = Path.Combine(Work, "exec.pid");

        Exec(
            new RunOptions { WorkingDirectory = Work }, container, ["--pid-file", "exec.pid"], "/bin/sh", "-c",
            "exit 0").Ok();

        File.ReadAllText(pidFile).Should().MatchRegex("^[0-9]+$");
    }

    [RootFact]
    public void Leaves_no_program_behind_when_the_pid_file_cannot_be_written()
    {
        Exec(Running(), ["--detach", "--pid-file", Path.Combine(Work, "none", "exec.pid")], "/bin/sleep", "1000")
            .Exits(255);
        Testing.Outside.Processes.ReapOrphans();
    }

    [RootFact]
    public void Writes_no_pid_file_for_a_program_that_did_not_start()
    {
        string pidFile = Path.Combine(Work, "exec.pid");

        Exec(Running(), ["--detach", "--pid-file", pidFile], "/nonexistent").Exits(255);

        File.Exists(pidFile).Should().BeFalse();
    }

    [CsrunFact]
    public void Sends_a_pidfd_over_a_socket()
    {
        using DescriptorSocket socket = new(Path.Combine(Work, "pidfd.sock"));

        Exec(Running(), ["--pidfd-socket", socket.Path], "/bin/sh", "-c", "exit 0").Ok();

        using OwnedFd pidfd = socket.Receive(out _);
        File.ReadAllText($"/proc/self/fdinfo/{pidfd.Number}").Should().Contain("Pid:");
    }
}

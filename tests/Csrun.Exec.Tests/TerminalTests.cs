using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Csrun.Exec.Tests;

/// <summary>`exec --tty`: a terminal over the console socket, or relayed to the caller's.</summary>
public sealed class TerminalTests : ExecTest
{
    private string PidFile => Path.Combine(Work, "exec.pid");

    [RootFact]
    public void Sends_the_terminal_over_the_console_socket()
    {
        using DescriptorSocket socket = new(Path.Combine(Work, "console.sock"));

        Exec(
            Running(), ["--tty", "--detach", "--pid-file", PidFile, "--console-socket", socket.Path], "/bin/sh", "-c",
            "tty; test -t 0 && test -t 2 && echo all").Ok();

        using OwnedFd master = socket.Receive(out string name);
        name.Should().StartWith("/dev/p");
        ReadAll(master.Number).Should().Be("/dev/pts/0\r\nall\r\n");
        AwaitEnd();
    }

    [RootFact]
    public void Takes_the_terminal_from_a_process_file()
    {
        using DescriptorSocket socket = new(Path.Combine(Work, "console.sock"));
        string file = Path.Combine(Work, "process.json");
        File.WriteAllText(
            file,
            """{"terminal":true,"args":["/bin/tty"],"cwd":"/","user":{"uid":1000,"gid":1000},"env":["PATH=/bin"]}""");

        Exec(Running(), ["--detach", "--pid-file", PidFile, "--console-socket", socket.Path, "--process", file]).Ok();

        using OwnedFd master = socket.Receive(out _);
        ReadAll(master.Number).Should().Be("/dev/pts/0\r\n");
        AwaitEnd();
    }

    [RootFact]
    public void Gives_the_terminal_to_the_programs_user()
    {
        using DescriptorSocket socket = new(Path.Combine(Work, "console.sock"));

        Exec(
            Running(), ["-t", "-d", "--pid-file", PidFile, "--user", "1000:1000", "--console-socket", socket.Path],
            "/bin/sh", "-c", "stat -c %u /dev/pts/0; echo x > /dev/tty").Ok();

        using OwnedFd master = socket.Receive(out _);
        ReadAll(master.Number).Should().Be("1000\r\nx\r\n");
        AwaitEnd();
    }

    [RootFact]
    public void Relays_the_callers_terminal_in_the_foreground()
    {
        RunResult result = OnATerminal(Running(), "tty; read line; echo \"got $line\"; exit 4", "typed\n");

        result.Exits(4).Stdout.Should().Contain("/dev/pts/0\r\n").And.Contain("got typed\r\n");
    }

    [RootFact]
    public void Has_the_size_of_the_callers_terminal()
    {
        OnATerminal(Running(), "stty size", "", "stty rows 33 cols 99; ").Ok().Stdout.Should().Contain("33 99");
    }

    [RootFact]
    public void Leaves_the_callers_terminal_as_it_was()
    {
        RunResult result = OnATerminal(Running(), "true", "", "stty -a > before; ", "; stty -a > after");

        result.Ok();
        File.ReadAllText(Path.Combine(Work, "after")).Should().Be(File.ReadAllText(Path.Combine(Work, "before")));
    }

    [RootFact]
    public void Rests_while_nobody_has_the_terminal_open()
    {
        const string Script = "exec </dev/null >/dev/null 2>/dev/null; sleep 2; echo back >/dev/tty";

        OnATerminal(Running(), Script, "", "", "; times > times").Ok().Stdout.Should().Contain("back\r\n");

        // The children's user and system time: 0m0.00s 0m0.00s.
        string[] times = File.ReadAllLines(Path.Combine(Work, "times"))[1].Split(' ');
        times.Sum(time => double.Parse(time[(time.IndexOf('m') + 1)..^1], CultureInfo.InvariantCulture))
            .Should().BeLessThan(1);
    }

    [RootFact]
    public void Needs_a_console_socket_where_it_is_detached()
    {
        Exec(Running(), ["--tty", "--detach"], "/bin/true").Exits(255).Message.Should()
            .MatchRegex("cannot allocate tty if .* will detach without setting console socket");
    }

    [RootFact]
    public void Needs_a_terminal_for_a_console_socket()
    {
        Exec(Running(), ["--detach", "--console-socket", Path.Combine(Work, "none")], "/bin/true")
            .Exits(255).Message.Should()
            .Contain("cannot use console socket");
    }

    [RootFact]
    public void Fails_where_nobody_listens()
    {
        Exec(Running(), ["-t", "-d", "--console-socket", Path.Combine(Work, "none")], "/bin/true")
            .Exits(255).Message.Should()
            .Contain("no such file or directory");
    }

    // The container can be deleted only when the test, which is the program's parent, has waited for it.
    private void AwaitEnd()
    {
        int pid = int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);
        Testing.Outside.Processes.AwaitOrphan(pid, TimeSpan.FromSeconds(10)).Should().Be(0);
    }

    private static string ReadAll(int master)
    {
        using FileStream stream = new(
            new Microsoft.Win32.SafeHandles.SafeFileHandle(master, ownsHandle: false), FileAccess.Read, 1);
        StringBuilder text = new();
        try
        {
            for (int read = stream.ReadByte(); read >= 0; read = stream.ReadByte())
            {
                text.Append((char)read);
            }
        }
        catch (IOException)
        {
            // EIO: the last other end is closed.
        }

        return text.ToString();
    }

    /// <summary>The command on a terminal of script(1)'s making.</summary>
    private RunResult OnATerminal(
        Container container, string script, string typed, string before = "", string after = "")
    {
        string exec = $"{Runtime.Path} --root {StateRoot} exec -t {container.Id} /bin/sh -c '{script}'";
        RunOptions options = new() { Stdin = Encoding.UTF8.GetBytes(typed), WorkingDirectory = Work };
        return Programs.Run(options, "script", "-qec", $"{before}{exec}{after}", "/dev/null");
    }
}

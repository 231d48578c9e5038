using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>process.terminal and process.consoleSize, over the console socket.</summary>
public sealed class TerminalTests : RowTest
{
    [RootFact]
    [Broken("config", "process.args=['/bin/echo','0 0 0 leader 0 group 0']")]
    public void CFG_PROC_04_gives_the_program_a_terminal_of_the_containers_own()
    {
        Bundle bundle = NewBundle().Sh("/bin/tool terminal; tty");
        File.Copy(Path.Combine(Tools.Directory, "tool"), Path.Combine(bundle.Rootfs, "bin/tool"));

        OnTerminal(bundle).Should().MatchRegex("^1 1 1 leader 0 group 1\r\n/dev/(pts/0|console)\r\n$");
    }

    [RootFact]
    [Broken("config", "process.args=['/bin/true']")]
    public void LNX_DDEV_07_binds_it_to_the_console()
    {
        string script =
            "stat -c '%F' /dev/console; grep -c ' /dev/console ' /proc/self/mountinfo; echo x >/dev/console";

        OnTerminal(NewBundle().Sh(script))
            .Should().Be("character special file\r\n1\r\nx\r\n");
    }

    [RootFact]
    [Requirement("CFG-PROC-07 CFG-PROC-08")]
    [Broken("config", "process.consoleSize-")]
    public void CFG_PROC_05_has_the_size_that_is_asked_for()
    {
        Bundle bundle = NewBundle().Sh("stty size");
        bundle.Process["consoleSize"] = new JsonObject { ["height"] = 33, ["width"] = 77 };

        OnTerminal(bundle).Should().Be("33 77\r\n");
    }

    private string OnTerminal(Bundle bundle)
    {
        bundle.Process["terminal"] = true;
        using ConsoleReceiver console = new(Path.Combine(Work, "tty.sock"));
        Container container = NewContainer(bundle).Create("--console-socket", console.Path);
        using Terminal terminal = console.Receive();
        container.Start().Await();
        return terminal.ReadToEnd();
    }
}

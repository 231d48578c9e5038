using System;
using System.IO;
using System.Linq;

namespace Csrun.Examples.Tests;

/// <summary>What a person gets who runs a bundle of bundle-examples as its README says.</summary>
public sealed class ExampleTests : RuntimeTest
{
    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Repository.At("bundle-examples")).Select(path => Path.GetFileName(path)).Order()];

    [RootTheory]
    [MemberData(nameof(Names))]
    public void Has_a_page_that_tells_how_to_run_it(string name)
    {
        string page = File.ReadAllText(Repository.At("bundle-examples", name, "README.md"));

        page.Should().StartWith($"# {name}\n").And.Contain($"sudo bin/csrun run bundle-examples/{name}/");
    }

    [RootFact]
    public void Hello_tells_what_a_container_sees()
    {
        RunExample("hello")
            .Should().Contain("Hello from inside.").And.Contain("memory 64 MiB").And.Contain("processes 32");
    }

    [RootFact]
    public void Readonly_can_write_to_its_tmpfs_alone()
    {
        string output = RunExample("readonly");

        output.Should().MatchRegex("/ +is read-only").And.MatchRegex("/etc +is read-only")
            .And.MatchRegex("/sys +is read-only");
        output.Should().MatchRegex("/tmp +can be written").And.Contain("/tmp takes 1048576 bytes, no more");
        output.Should().Contain("/ cannot be made writable from inside");
    }

    [RootFact]
    public void Userns_is_root_inside_and_nobody_outside()
    {
        string output = RunExample("userns");

        output.Should().MatchRegex("user +uid 0, gid 0").And.MatchRegex("on the host +uid 100000, gid 100000");
        output.Should().Contain("belongs to uid 65534").And.Contain("to uid 1000: works")
            .And.Contain("of a disk: refused");
    }

    [RootFact]
    public void Shell_is_at_a_terminal_of_its_own_and_ends_with_the_shells_code()
    {
        string bundle = CopyOf("shell");
        string id = NewId();
        string pidFile = Path.Combine(Work, "pid");
        using ConsoleReceiver console = new(Path.Combine(Work, "console"));
        string[] flags = ["--bundle", bundle, "--pid-file", pidFile, "--console-socket", console.Path, id];
        Command(["create", .. flags]).Ok();
        using Terminal terminal = console.Receive();
        Command("start", id).Ok();

        terminal.Await("shell:/# ");
        terminal.Type("tty; echo written >/new; cat /new; exit 7\n");

        terminal.ReadToEnd().Should().Contain("/dev/pts/0").And.Contain("written\r\n");
        int pid = int.Parse(File.ReadAllText(pidFile), System.Globalization.CultureInfo.InvariantCulture);
        Testing.Outside.Processes.AwaitOrphan(pid, TimeSpan.FromSeconds(10)).Should().Be(7);
        Command("delete", id).Ok();
    }

    private string RunExample(string name)
    {
        return Command("run", "--bundle", CopyOf(name), NewId()).Ok().Stdout;
    }

    // A run makes mount points in the root filesystem; the repository's own bundle stays as it is.
    private string CopyOf(string name)
    {
        string bundle = Path.Combine(Work, name);
        Directory.CreateDirectory(bundle);
        foreach (string file in Directory.GetFiles(Repository.At("bundle-examples", name)))
        {
            File.Copy(file, Path.Combine(bundle, Path.GetFileName(file)));
        }

        RootTemplate.CopyTo(Path.Combine(bundle, "rootfs"));
        return bundle;
    }
}

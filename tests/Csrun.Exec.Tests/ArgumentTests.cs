using System.Linq;
using System.Text;

namespace Csrun.Exec.Tests;

/// <summary>Arguments and variables reach the program byte by byte.</summary>
public sealed class ArgumentTests : ExecTest
{
    private static readonly byte[] s_notUtf8 = [(byte)'a', 0xff, 0xfe, (byte)'b'];

    [CsrunFact]
    public void Passes_arguments_that_are_not_utf8()
    {
        RunResult result = Exec(
            Running(), [], [.. Bytes("/bin/sh", "-c", "printf %s \"$1\" | od -An -tx1", "sh"), s_notUtf8]).Ok();

        result.Stdout.Trim().Should().Be("61 ff fe 62");
    }

    [CsrunFact]
    public void Passes_variables_that_are_not_utf8()
    {
        byte[][] flags = [.. Bytes("--env"), [.. Encoding.UTF8.GetBytes("X="), .. s_notUtf8]];

        RunResult result = Exec(Running(), flags, Bytes("/bin/sh", "-c", "printf %s \"$X\" | od -An -tx1")).Ok();

        result.Stdout.Trim().Should().Be("61 ff fe 62");
    }

    [RootFact]
    public void Starts_a_program_whose_name_is_not_utf8()
    {
        byte[] path = [.. Encoding.UTF8.GetBytes("/dev/shm/"), .. s_notUtf8];
        Bundle bundle = NewBundle();
        bundle.MountAt("/dev/shm")["options"] = new System.Text.Json.Nodes.JsonArray("nosuid", "nodev", "mode=1777");
        Container container = Running(bundle);
        Exec(
            container, [],
            [.. Bytes("/bin/sh", "-c", "printf '#!/bin/sh\necho found $1' > \"$1\"; chmod 755 \"$1\"", "sh"), path])
            .Ok();

        Exec(container, [], path, Encoding.UTF8.GetBytes("it")).Ok().Stdout.Should().Be("found it\n");
    }

    [RootFact]
    public void Takes_a_megabyte_of_arguments()
    {
        string[] many = [.. Enumerable.Repeat(new string('x', 100_000), 10), .. Enumerable.Repeat("y", 5_000)];

        Exec(Running(), [], ["/bin/sh", "-c", "echo $# ${#10} ${#5000}", "sh", .. many]).Ok().Stdout
            .Should().Be("5010 100000 1\n");
    }

    [RootFact]
    public void Takes_empty_and_strange_arguments_as_they_are()
    {
        Exec(Running(), [], "/bin/printf", "%s|", "", "a b", "--help", "ü\n", "-").Ok().Stdout
            .Should().Be("|a b|--help|ü\n|-|");
    }
}

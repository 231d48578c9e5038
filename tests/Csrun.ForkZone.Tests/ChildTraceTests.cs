using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.ForkZone.Tests;

/// <summary>
/// What the child asks of the kernel. A library bound late would be opened from the container's root, and its code run
/// as root; a second thread shows as a clone.
/// </summary>
public sealed partial class ChildTraceTests : RuntimeTest
{
    [CsrunTheory]
    [InlineData("/bin/true", 0)]
    [InlineData("/bin/nonexistent", 1)]
    [InlineData(HeavyBundle.NoProgram, 1)]
    public void Opens_no_shared_object_and_starts_nothing(string program, int code)
    {
        string[] lines = TraceOf(NewBundle().MakeHeavy().WithNoProgram().Args(program), code);

        string[] child = ChildOf(lines);
        child.Should().HaveCountGreaterThan(400, "200 mounts are made in it");
        child.Should().NotContain(line => SharedObject().IsMatch(line));
        child.Should().NotContain(line => StartsProcess().IsMatch(line));
    }

    [CsrunFact]
    public void Has_one_thread()
    {
        Container container = NewContainer(NewBundle()).Create();

        Directory.GetDirectories($"/proc/{container.Pid}/task").Should().ContainSingle();
    }

    [CsrunFact]
    public void Leaves_default_signals_and_an_empty_mask_to_the_program()
    {
        string[] status = Run(NewBundle().Args("cat", "/proc/self/status")).Ok().Lines;

        foreach (string field in new[] { "SigBlk:", "SigIgn:", "SigCgt:" })
        {
            status.Single(line => line.StartsWith(field, StringComparison.Ordinal))
                .Should().EndWith("\t0000000000000000");
        }
    }

    private string[] TraceOf(Bundle bundle, int code)
    {
        bundle.Save();
        string output = Path.Combine(bundle.Path, "trace");
        Programs.Run(
            new RunOptions(), "strace", "-f", "-qq", "-s", "200", "-o", output, "--",
            Runtime.Path, "--root", StateRoot, "run", "--bundle", bundle.Path, NewId()).Exits(code);
        return File.ReadAllLines(output);
    }

    // The lines of the one process that is not the first, up to its execve's success.
    private static string[] ChildOf(string[] lines)
    {
        string parent = lines[0].Split(' ')[0];
        return [.. lines.Where(line => line.Split(' ')[0] != parent)
            .TakeWhile(line => !line.Contains("execve resumed", StringComparison.Ordinal))
            .TakeWhile(line => !SuccessfulExecve().IsMatch(line))];
    }

    [GeneratedRegex("\\.so[.0-9]*\"")]
    private static partial Regex SharedObject();

    [GeneratedRegex("^[0-9]+ +(clone3?|v?fork)\\(")]
    private static partial Regex StartsProcess();

    [GeneratedRegex("^[0-9]+ +execve\\(.* = 0$")]
    private static partial Regex SuccessfulExecve();
}

using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Lifecycle.Tests;

/// <summary>No descriptor of the caller or the runtime gets into the container, unless it was asked for.</summary>
public sealed class DescriptorTests : RuntimeTest
{
    private const string ListOwn = "exec ls -l /proc/self/fd";

    [RootFact]
    public void Has_nothing_open_but_its_stdio()
    {
        Numbers(Inside(NewBundle(), ListOwn)).Should().Equal(0, 1, 2);
    }

    [RootFact]
    public void Gets_none_of_fifty_that_a_careless_caller_holds()
    {
        List<FileStream> held = [.. Enumerable.Range(0, 50).Select(_ => File.OpenRead("/etc/passwd"))];
        RunOptions options =
            new() { ExtraFds = [.. held.Select(file => (int)file.SafeFileHandle.DangerousGetHandle())] };

        Numbers(Run(NewBundle().Sh(ListOwn), options).Ok().Stdout).Should().Equal(0, 1, 2);

        held.ForEach(file => file.Dispose());
    }

    [RootFact]
    public void Gets_none_before_start_either()
    {
        using FileStream held = File.OpenRead("/etc/passwd");
        Container container = NewContainer(NewBundle());

        container.TryCreate(
            new RunOptions { ExtraFds = [.. Enumerable.Repeat((int)held.SafeFileHandle.DangerousGetHandle(), 20)] })
            .Ok();

        string[] targets = [.. Directory.GetFileSystemEntries($"/proc/{container.Pid}/fd")
            .Select(fd => new FileInfo(fd).LinkTarget ?? "")];
        targets.Should().NotContain("/etc/passwd");
    }

    [RootFact]
    public void Gets_those_that_are_to_be_preserved()
    {
        using FileStream held = File.OpenRead("/etc/hostname");
        int fd = (int)held.SafeFileHandle.DangerousGetHandle();
        RunOptions options = new() { ExtraFds = [fd, fd, fd] };

        Numbers(Run(NewBundle().Sh(ListOwn), options, "--preserve-fds", "2").Ok().Stdout).Should().Equal(0, 1, 2, 3, 4);
    }

    [RootFact]
    public void Passes_on_sockets_of_the_service_manager()
    {
        using FileStream held = File.OpenRead("/etc/hostname");
        RunOptions options = new() { ExtraFds = [(int)held.SafeFileHandle.DangerousGetHandle()] };
        Bundle bundle = NewBundle().Sh($"echo $LISTEN_FDS $LISTEN_PID; {ListOwn}").Save();
        string run = $"{Runtime.Path} --root {StateRoot} run --bundle {bundle.Path} {NewId()}";

        RunResult result = Programs.Run(options, "sh", "-c", $"LISTEN_FDS=1 LISTEN_PID=$$ exec {run}").Ok();

        result.Lines[0].Should().Be("1 1");
        Numbers(result.Stdout).Should().Equal(0, 1, 2, 3);
    }

    [RootTheory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    public void Cannot_start_in_a_directory_of_a_descriptor(int fd)
    {
        Bundle bundle = NewBundle();
        bundle.Process["cwd"] = $"/proc/self/fd/{fd}";

        RunResult result = Run(bundle.Sh("pwd; ls ../../.."));

        result.ExitCode.Should().NotBe(0);
        result.Stdout.Should().BeEmpty();
    }

    [RootFact]
    public void Holds_nobodys_output_open_after_it_ended()
    {
        Container container = NewContainer(NewBundle().Sh("echo done")).Create().Start();
        container.Await();

        container.Stdout.ReadToEnd(System.TimeSpan.FromSeconds(2)).Should().BeTrue();
        container.Stderr.ReadToEnd(System.TimeSpan.FromSeconds(2)).Should().BeTrue();
    }

    private static int[] Numbers(string listing)
    {
        return [.. listing.Split('\n')
            .Where(line => line.Contains(" -> ", System.StringComparison.Ordinal))
            .Select(line => line.Split(" -> "))
            .Where(entry => !entry[1].StartsWith("/proc/", System.StringComparison.Ordinal)) // the listing's own
            .Select(entry => int.Parse(entry[0].Split(' ')[^1])).Order()];
    }
}

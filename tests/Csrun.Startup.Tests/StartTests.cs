using System;
using System.IO;
using System.Linq;
using System.Threading;
using Mono.Unix.Native;

namespace Csrun.Startup.Tests;

/// <summary>What a start costs that can be counted: threads, system calls, files. Times are make bench's.</summary>
public sealed class StartTests : RuntimeTest
{
    // Of 84 counted with runtime 10.0.12 on glibc 2.36, a third are commits of the heap's first regions (16 pairs of
    // mprotect and madvise), some 15 libc's own. The room above is for other versions of libc and kernel.
    private const int Ceiling = 92;

    private static readonly string s_plain = Repository.At("out", "plain", "csrun");

    [CsrunFact]
    public void Has_one_thread()
    {
        ThreadsOf(Runtime.Path).Should().Be(1);
    }

    [CsrunFact]
    public void Would_have_more_threads_on_the_runtime_as_it_ships()
    {
        ThreadsOf(s_plain).Should().BeGreaterThan(1, "otherwise the count above proves nothing");
    }

    [CsrunFact]
    public void Makes_few_system_calls()
    {
        string[] calls = Trace.Of(Work, new RunOptions(), "all", Runtime.Path, "--version");

        calls.Should().HaveCountLessThanOrEqualTo(Ceiling).And.HaveCountGreaterThan(20);
        string[] plain = Trace.Of(Work, new RunOptions(), "all", s_plain, "--version");
        plain.Should().HaveCountGreaterThan(calls.Length + 50, "the replaced functions would make that many");
    }

    [CsrunTheory]
    [InlineData("--version")]
    [InlineData("list")]
    [InlineData("help")]
    public void Opens_no_shared_object_and_starts_nothing(string command)
    {
        string[] calls = Trace.Of(Work, new RunOptions(), "%file,%process", Runtime.Path, command);

        Trace.SharedObjects(calls).Should().BeEmpty();
        calls.Select(Trace.Name).Where(name => name is not ("execve" or "exit_group"))
            .Should().NotContain(name => name.StartsWith("exec", StringComparison.Ordinal)
                || name.StartsWith("clone", StringComparison.Ordinal)
                || name.EndsWith("fork", StringComparison.Ordinal));
        Trace.SharedObjects(Trace.Of(Work, new RunOptions(), "%file", Programs.Find("true")))
            .Should().NotBeEmpty("a dynamic program must be seen to open libc");
    }

    [CsrunFact]
    public void Runs_a_whole_life_on_the_runtime_as_it_ships()
    {
        RuntimeBinary plain = RuntimeBinary.At(s_plain);
        Bundle bundle = NewBundle().Sh("echo lives").Save();
        string id = NewId();

        plain.Run("--root", StateRoot, "run", "--bundle", bundle.Path, id).Ok().Stdout.Should().Be("lives\n");

        using Pipe output = new();
        string[] create = ["--root", StateRoot, "create", "--bundle", bundle.Sh("sleep 100").Save().Path, id];
        plain.Run(new RunOptions { Stdout = output, Stderr = output }, create).Ok();
        plain.Run("--root", StateRoot, "start", id).Ok();
        plain.Run("--root", StateRoot, "state", id).Ok().Stdout.Should().Contain("running");
        plain.Run("--root", StateRoot, "delete", "--force", id).Ok();
    }

    [CsrunTheory]
    [InlineData("DOTNET_gcServer=1")]
    [InlineData("DOTNET_GCHeapHardLimit=1")]
    [InlineData("DOTNET_GCgen0size=nonsense")]
    public void Cares_for_no_setting_of_the_callers_dotnet_programs(string entry)
    {
        RunOptions options = new() { Environment = [entry] };

        Runtime.Run(options, "--version").Ok().Stdout.Should().Be(Runtime.Run("--version").Stdout);
    }

    /// <summary>Looks at `--version` while it waits to write to a pipe that is full.</summary>
    private static int ThreadsOf(string binary)
    {
        using Pipe output = new();
        Fill(output.WriteEnd.Number);
        using FileStream nothing = File.OpenRead("/dev/null");
        int input = (int)nothing.SafeFileHandle.DangerousGetHandle();
        using SpawnPlan plan = new(
            binary, [binary, "--version"], [],
            [new(input, 0), new(output.WriteEnd.Number, 1), new(output.WriteEnd.Number, 2)]);
        int pid = plan.Start();
        try
        {
            const string InWrite = "1 0x1 ";
            bool waits = SpinWait.SpinUntil(
                () => File.ReadAllText($"/proc/{pid}/syscall").StartsWith(InWrite, StringComparison.Ordinal),
                TimeSpan.FromSeconds(10));
            waits.Should().BeTrue("it must come to its write");
            return Directory.GetDirectories($"/proc/{pid}/task").Length;
        }
        finally
        {
            _ = Syscall.kill(pid, Signum.SIGKILL);
            _ = SpawnPlan.Wait(pid, out _);
        }
    }

    private static unsafe void Fill(int pipe)
    {
        byte* zeros = stackalloc byte[4096];
        _ = Syscall.fcntl(pipe, FcntlCommand.F_SETFL, (int)OpenFlags.O_NONBLOCK);
        while (Syscall.write(pipe, zeros, 4096) > 0)
        {
        }

        _ = Syscall.fcntl(pipe, FcntlCommand.F_SETFL, 0);
    }
}

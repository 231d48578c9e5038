using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Csrun.Startup.Tests;

/// <summary>What runs on behalf of a container is not the host's file but a read-only view, or a copy, of it.</summary>
public sealed class SealTests : RuntimeTest
{
    private const string Mark = "_CSRUN_SEALED=1";
    private const int GetSeals = 1034;
    private const int AllSeals = 0xF;

    [CsrunFact]
    public void The_containers_process_runs_from_a_read_only_overlay()
    {
        Container container = NewContainer(NewBundle()).Create();

        IsOnReadOnlyFileSystem(container.Pid).Should().BeTrue();
        FileSystemTypeOf(container.Pid).Should().Be("overlayfs");
    }

    [CsrunFact]
    public void The_command_that_waits_for_a_container_does_too()
    {
        Bundle bundle = NewBundle().Sh("sleep 100").Save();
        string id = NewId();
        string csrun = $"{Runtime.Path} --root {StateRoot}";
        string script = $"{csrun} run --bundle {bundle.Path} {id} & rt=$!; " +
            $"until {csrun} state {id} 2>/dev/null | grep -q running; do sleep 0.05; done; " +
            $"stat -f -L -c %T /proc/$rt/exe; stat -f -L -c %T {Runtime.Path}; {csrun} kill {id} KILL; wait $rt";

        string[] types = Programs.Run(new RunOptions(), "sh", "-c", script).Exits(137).Lines;

        types[0].Should().Be("overlayfs");
        types[1].Should().NotBe("overlayfs", "the host's file would look sealed without a seal");
    }

    [CsrunFact]
    public void A_mark_from_the_caller_does_not_stand_for_the_seal()
    {
        RunResult result = Run(NewBundle().Sh("echo ran"), new RunOptions { Environment = [Mark] });

        result.ExitCode.Should().Be(1);
        result.Stdout.Should().BeEmpty();
        result.Stderr.Should().StartWith("csrun: seal: ").And.EndWith("\n");
    }

    [CsrunFact]
    public void The_mark_does_not_reach_the_container()
    {
        Inside(NewBundle(), "env").Should().NotContain("_CSRUN_SEALED");
    }

    [CsrunTheory]
    [InlineData("with space")]
    [InlineData("with:colon")]
    [InlineData("with,comma")]
    public void A_place_that_an_overlay_cannot_name_is_sealed_in_memory(string directory)
    {
        Container container = NewContainer(NewBundle(), CopyIn(directory)).Create();

        new FileInfo($"/proc/{container.Pid}/exe").LinkTarget.Should().Be("/memfd:csrun (deleted)");
        SealsOf(container.Pid).Should().Be(AllSeals);
    }

    [CsrunFact]
    public void A_caller_without_privileges_is_sealed_in_memory()
    {
        string[] calls = Trace.Of(
            Work, new RunOptions(), "execve,execveat,fsopen,fsconfig,memfd_create,fcntl,statfs",
            "setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--bounding-set=-all", "--",
            CopyIn("public").Path, "--root", "/nowhere", "run", "nothing");

        calls.Should().Contain(line => line.Contains("memfd_create(\"csrun\"", System.StringComparison.Ordinal));
        calls.Should().Contain(line => line.Contains("F_SEAL_WRITE) = 0", System.StringComparison.Ordinal));
        calls.Where(line => Trace.Name(line) == "execveat").Should().ContainSingle().Which.Should().EndWith("= 0");
    }

    [CsrunTheory]
    [InlineData("--version")]
    [InlineData("list")]
    [InlineData("state nothing")]
    [InlineData("delete --force nothing")]
    [InlineData("help")]
    public void A_command_that_runs_nothing_of_a_container_does_not_seal(string command)
    {
        SealingCalls(command.Split(' ')).Should().Be(0);
    }

    [CsrunTheory]
    [InlineData("run nothing")]
    [InlineData("create nothing")]
    [InlineData("--log /dev/null run nothing")]
    public void A_command_that_runs_something_of_a_container_seals(string command)
    {
        SealingCalls(command.Split(' ')).Should().Be(1);
    }

    private int SealingCalls(string[] command)
    {
        string[] calls = Trace.Of(Work, new RunOptions(), "execveat", [Runtime.Path, "--root", StateRoot, .. command]);
        return calls.Count(line => line.EndsWith("= 0", System.StringComparison.Ordinal));
    }

    private RuntimeBinary CopyIn(string directory)
    {
        string path = Path.Combine(Work, directory, "csrun");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Runtime.Path, path);
        return RuntimeBinary.At(path);
    }

    private static bool IsOnReadOnlyFileSystem(int pid)
    {
        Syscall.statvfs($"/proc/{pid}/exe", out Statvfs statvfs).Should().Be(0);
        return statvfs.f_flag.HasFlag(MountFlags.ST_RDONLY);
    }

    private static string FileSystemTypeOf(int pid)
    {
        return Programs.Run("stat", "-f", "-L", "-c", "%T", $"/proc/{pid}/exe").Lines[0];
    }

    private static int SealsOf(int pid)
    {
        using FileStream exe = File.OpenRead($"/proc/{pid}/exe");
        return fcntl((int)exe.SafeFileHandle.DangerousGetHandle(), GetSeals, 0);
    }

    // Mono.Posix translates the commands it knows, and F_GET_SEALS is none of them.
    [DllImport("libc")]
    private static extern int fcntl(int fd, int command, nint argument);
}

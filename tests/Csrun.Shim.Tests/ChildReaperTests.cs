using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Shim.Tests;

/// <summary>Exit statuses of children started by posix_spawn.</summary>
public sealed class ChildReaperTests
{
    [Fact]
    public void Every_child_is_told_once_with_its_status()
    {
        // xunit's threads have SIGCHLD unblocked, and .NET's own handler only reaps what .NET started: the statuses
        // come by Reap.
        using EventLoop loop = new();
        Dictionary<int, int> ended = [];
        HashSet<int> own = [];
        using ChildReaper reaper = new(loop, info => ended.Add(info.Pid, info.Status));
        int nothing = KernelException.Check(Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR), "open");
        for (int i = 0; i < 5; i++)
        {
            own.Add(StartShell("exit 7", nothing));
        }

        LoopTimer look = null!;
        look = new LoopTimer(() =>
        {
            reaper.Reap();
            if (own.IsSubsetOf(ended.Keys))
            {
                loop.Stop();
            }

            loop.Set(look, 10);
        });
        loop.Set(look, 10);
        loop.Run();
        Kernel.close(nothing);

        ended.Values.Should().OnlyContain(status => status == 7);
    }

    private static unsafe int StartShell(string script, int stream)
    {
        fixed (byte* shell = "/bin/sh\0"u8)
        fixed (byte* option = "-c\0"u8)
        fixed (byte* text = Utf8.Terminated(script))
        {
            byte** arguments = stackalloc byte*[] { shell, option, text, null };
            byte** environment = stackalloc byte*[] { null };
            Kernel.posix_spawn(shell, arguments, environment, -1, (stream, stream, stream), out int pid)
                .Should().Be(0);
            return pid;
        }
    }
}

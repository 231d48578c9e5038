using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Runtime;
using Tmds.Linux;

namespace Csrun.Shim;

/// <summary>
/// Starting a shim: this executable, executed afresh in a session of its own, with the same words on its command line
/// and a mark in its environment. What the first process does is wait until the shim says that it has all in hand.
/// </summary>
public static unsafe class ShimLaunch
{
    /// <summary>The environment entry that tells a shim which part is its.</summary>
    public static ReadOnlySpan<byte> Mark => "_CSRUN_SHIM="u8;

    /// <summary>The part that creates the container and then becomes its shim.</summary>
    public const string Create = "create";

    /// <summary>The part of a shim that came with its container.</summary>
    public const string New = "new";

    /// <summary>The part of a shim that replaces one.</summary>
    public const string Again = "again";

    private const int FirstOther = 3;

    /// <summary>Executes this file again as a shim, and waits until it is one.</summary>
    /// <param name="arguments">The command line, the program's name first.</param>
    /// <param name="environment">The whole environment, marks among it.</param>
    /// <param name="preserved">How many descriptors from 3 on it keeps.</param>
    /// <returns>Zero, or the exit code of a process that could not become one and has said why.</returns>
    /// <exception cref="KernelException">It cannot be started.</exception>
    public static int Start(IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, int preserved)
    {
        using SignalReader signals = new();
        KernelException.Check(Kernel.socketpair(Kernel.SOCK_STREAM, out int ours, out int theirs), "socketpair");
        using Fd ready = new(ours);
        int failed;
        int pid;
        fixed (byte* path = "/proc/self/exe\0"u8)
        {
            failed = Kernel.posix_spawn_session(
                path,
                NativeText.Vector(arguments),
                NativeText.Vector(environment),
                (theirs, 1, 2),
                FirstOther + preserved,
                out pid);
        }

        Kernel.close(theirs);
        KernelException.Check(failed, "start the shim: posix_spawn", "/proc/self/exe"u8);
        using Fd process = new(KernelException.Check(Kernel.pidfd_open(pid), "pidfd_open"));
        return Wait(ready.Number, process.Number, signals);
    }

    /// <summary>
    /// Becomes the shim of a container that this process has created: the executable, executed once more.
    /// </summary>
    /// <param name="root">Where the container is, absolute.</param>
    /// <param name="id">Its id.</param>
    /// <param name="environment">The environment without this class's mark.</param>
    /// <param name="kept">What the shim gets as 3, 4 and so on; each was made close-on-exec.</param>
    /// <exception cref="KernelException">It cannot be executed.</exception>
    public static void Become(string root, string id, IReadOnlyList<byte[]> environment, ReadOnlySpan<int> kept)
    {
        // Above all places first, so that none is overwritten before it has moved.
        Span<int> moved = stackalloc int[kept.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            moved[i] = KernelException.Check(
                Kernel.fcntl(kept[i], Kernel.F_DUPFD_CLOEXEC, FirstOther + kept.Length), "fcntl");
        }

        for (int i = 0; i < kept.Length; i++)
        {
            KernelException.Check(Kernel.dup2(moved[i], FirstOther + i), "dup2");
        }

        _ = Kernel.close_range_cloexec(FirstOther + kept.Length);
        byte[] mark = [.. Mark, .. Encoding.UTF8.GetBytes(New)];
        string[] arguments = ["csrun", "--root", root, "shim", id];
        fixed (byte* path = "/proc/self/exe\0"u8)
        {
            int failed = Kernel.execve(path, NativeText.Vector(arguments), NativeText.Vector([.. environment, mark]));
            KernelException.Check(failed, "become the shim: exec", "/proc/self/exe"u8);
        }
    }

    private static int Wait(int ready, int process, SignalReader signals)
    {
        Span<pollfd> entries = stackalloc pollfd[3];
        entries[0] = new pollfd { fd = ready, events = Kernel.POLLIN };
        entries[1] = new pollfd { fd = process, events = Kernel.POLLIN };
        entries[2] = new pollfd { fd = signals.Descriptor, events = Kernel.POLLIN };
        Span<byte> word = stackalloc byte[1];
        while (true)
        {
            KernelException.Check(Kernel.poll(entries, -1), "poll");
            if (entries[0].revents != 0 || (entries[1].revents != 0 && Kernel.CanRead(ready)))
            {
                if (Kernel.read(ready, word) == 1)
                {
                    return 0;
                }

                entries[0].fd = -1;
            }

            if (entries[1].revents != 0)
            {
                KernelException.Check(
                    Kernel.waitid(Kernel.P_PIDFD, process, Kernel.WEXITED, out Kernel.ExitInfo info), "waitid");
                return Math.Max(info.ShellStatus, 1);
            }

            int signal = entries[2].revents == 0 ? 0 : signals.Next();
            if (signal is Kernel.SIGTERM or Kernel.SIGINT or Kernel.SIGHUP or Kernel.SIGQUIT)
            {
                // A create that is interrupted takes back what it made.
                _ = Kernel.pidfd_send_signal(process, signal);
            }
        }
    }
}

using System;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// Where the master of the container's terminal goes: to the engine that listens on --console-socket, or, for a run in
/// the foreground, to this process.
/// </summary>
internal static class TerminalSockets
{
    /// <summary>Opens the container's end, and our own where the terminal is ours to relay.</summary>
    /// <param name="wantsTerminal">process.terminal.</param>
    /// <param name="consoleSocket">--console-socket, or null.</param>
    /// <param name="isForeground">Whether this process stays to relay the terminal.</param>
    /// <exception cref="RuntimeException">process.terminal and --console-socket do not go together.</exception>
    public static (Fd Container, Fd Own) Open(bool wantsTerminal, string? consoleSocket, bool isForeground)
    {
        if (consoleSocket is not null)
        {
            return wantsTerminal
                ? (UnixSocket.Connect(consoleSocket, "--console-socket"), default)
                : throw new RuntimeException("cannot use console socket if process.terminal is not set");
        }

        if (!wantsTerminal)
        {
            return default;
        }

        if (!isForeground)
        {
            throw new RuntimeException("cannot allocate tty if csrun will detach without setting console socket");
        }

        KernelException.Check(Kernel.socketpair(Kernel.SOCK_STREAM, out int own, out int container), "socketpair");
        return (new Fd(container), new Fd(own));
    }

    /// <summary>Takes the master from the container; -1 where it went elsewhere.</summary>
    public static int Receive(Fd own)
    {
        if (!own.IsOpen)
        {
            return -1;
        }

        Span<byte> name = stackalloc byte[64];
        KernelException.Check(
            Kernel.ReceiveWithDescriptor(own.Number, name, out int master),
            "receive the terminal", default, "process.terminal");
        own.Dispose();
        return master;
    }
}

using System;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// Sends the listener of a filter with NOTIFY to its agent: one container process state and the descriptor, over a
/// connection of its own (config-linux.md, The Container Process State).
/// </summary>
/// <remarks>
/// The filter may catch any call, so the filtered process cannot send: a helper does, which is cloned before, shares
/// the descriptors and has no filter. The two speak through a shared page, without a call on the filtered side.
/// </remarks>
public sealed unsafe class SeccompListener
{
    private const int Nothing = 0;
    private const int Sent = int.MaxValue;
    private const int LimitMilliseconds = 10_000;

    private readonly int _socket;
    private readonly byte[] _before;
    private readonly HookState _state;
    private readonly ContainerStatus _status;
    private readonly int _containerPid;
    private readonly SharedWords* _shared;

    /// <summary>Before the clone.</summary>
    /// <param name="socket">A connected stream socket, which the child alone keeps.</param>
    /// <param name="before">The document from its beginning to the pid:
    /// <c>{"ociVersion":"1.3.0",...,"pid":</c>.</param>
    /// <param name="state">The container's state, for the end of the document.</param>
    /// <param name="status">What the container is doing: creating, or running for exec.</param>
    /// <param name="containerPid">The container's first process as the caller sees it; 0 when it is the one
    /// cloned.</param>
    /// <exception cref="KernelException">There is no memory for the shared page.</exception>
    public SeccompListener(int socket, byte[] before, HookState state, ContainerStatus status, int containerPid)
    {
        _socket = socket;
        _before = before;
        _state = state;
        _status = status;
        _containerPid = containerPid;
        KernelException.Check(Kernel.MapSharedPage(out nint page), "mmap");
        _shared = (SharedWords*)page;
    }

    /// <summary>What the two processes tell each other.</summary>
    private struct SharedWords
    {
        /// <summary>The filtered process as csrun sees it, by the kernel.</summary>
        public int Pid;

        /// <summary>The listener's descriptor plus one; 0 before there is one.</summary>
        public int Descriptor;

        /// <summary><see cref="Sent"/>, or a negated errno; 0 before.</summary>
        public int Result;
    }

    /// <summary>The connection, which the parent closes after its clone.</summary>
    public int Socket => _socket;

    /// <summary>Where clone3 puts the child's pid (CLONE_PARENT_SETTID), before the child runs.</summary>
    public ulong PidAddress => (ulong)&_shared->Pid;

    /// <summary>The pid, where the clone could not tell it.</summary>
    public void SetPid(int pid)
    {
        Volatile.Write(ref _shared->Pid, pid);
    }

    /// <summary>Clones the helper, which waits for the listener.</summary>
    internal void StartSender()
    {
        // Nobody will wait for it: the wait may be a call that the filter does not allow.
        Kernel.LeaveNoZombies();
        int self = Kernel.getpid();
        Kernel.clone_args arguments = new() { flags = Kernel.CLONE_FILES, exit_signal = (ulong)Kernel.SIGCHLD };
        if (KernelException.Check(Kernel.clone3(in arguments), "clone3", default, "linux.seccomp") == 0)
        {
            _ = Kernel.prctl(Kernel.PR_SET_PDEATHSIG, (ulong)Kernel.SIGKILL);
            if (Kernel.getppid() == self)
            {
                Volatile.Write(ref _shared->Result, Send());
            }

            Kernel.exit_group(0);
        }
    }

    /// <summary>
    /// Under the filter: tells the helper which descriptor it is, and waits for it to be sent, by looking.
    /// </summary>
    internal void HandOver(int descriptor)
    {
        Volatile.Write(ref _shared->Descriptor, descriptor + 1);

        // The clock is read without a call too (vdso(7)).
        long end = Environment.TickCount64 + LimitMilliseconds;
        int result;
        while ((result = Volatile.Read(ref _shared->Result)) == Nothing)
        {
            if (Environment.TickCount64 > end)
            {
                result = -(int)Errno.ETIMEDOUT;
                break;
            }

            if (X86Base.IsSupported)
            {
                X86Base.Pause();
            }
        }

        if (result != Sent)
        {
            throw new KernelException(
                "send the seccomp listener to its agent", string.Empty, (Errno)(-result), "linux.seccomp.listenerPath");
        }
    }

    private int Send()
    {
        int pid = _shared->Pid;
        byte[] state = _state.ToJson(_status, _containerPid == 0 ? pid : _containerPid);
        byte[] json = new byte[_before.Length + state.Length + 32];
        _before.CopyTo(json, 0);
        _ = pid.TryFormat(json.AsSpan(_before.Length), out int digits);
        int length = Append(json, _before.Length + digits, ",\"state\":"u8);
        length = Append(json, length, state);
        length = Append(json, length, "}"u8);

        int plusOne;
        while ((plusOne = Volatile.Read(ref _shared->Descriptor)) == Nothing)
        {
            // Short, and with a time of its own: there is nothing to be woken by.
            const int Milliseconds = 1;
            _ = Kernel.poll([], Milliseconds);
        }

        int sent = Kernel.SendWithDescriptor(_socket, json.AsSpan(0, length), plusOne - 1);
        while (sent >= 0 && sent < length)
        {
            int more = Kernel.SendWithDescriptor(_socket, json.AsSpan(sent, length - sent), -1);
            sent = more < 0 ? more : sent + more;
        }

        // Closed for all who have it: the agent sees the end, and the program keeps neither.
        Kernel.close(_socket);
        return sent < 0 ? sent : Sent;
    }

    private static int Append(Span<byte> json, int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(json[length..]);
        return length + text.Length;
    }
}

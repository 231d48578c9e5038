using System;
using Csrun.Checkpoint.Messages;
using Csrun.Linux;
using Csrun.Runtime;
using Google.Protobuf;
using Tmds.Linux;

namespace Csrun.Checkpoint;

/// <summary>
/// One run of <c>criu swrk</c>, a child of this process, and the talk with it: a message a packet over a socket pair.
/// </summary>
internal sealed class CriuSession : IDisposable
{
    /// <summary>The number in criu of the first descriptor of <see cref="Start"/>'s extra ones.</summary>
    public const int FirstExtra = 4;

    private const int MaxMessage = 65536;
    private const int Above = 64; // no number that a descriptor gets in criu
    private const int EndLimitMilliseconds = 20_000;

    private readonly Fd _socket;
    private readonly SignalReader _signals;
    private bool _ended;

    private CriuSession(int pid, Fd socket, SignalReader signals)
    {
        Pid = pid;
        _socket = socket;
        _signals = signals;
    }

    /// <summary>
    /// What criu says before it goes on: the name of a step, the process it is about, and a descriptor or -1.
    /// </summary>
    public delegate void Listener(string step, int pid, int descriptor);

    /// <summary>criu's process.</summary>
    public int Pid { get; }

    /// <summary>Whether it does nothing but wait for somebody who fetches the memory.</summary>
    public bool WaitsForPeer { get; set; }

    /// <summary>Starts criu.</summary>
    /// <param name="environment">This process's environment, whose PATH has criu.</param>
    /// <param name="streams">What it gets as 0, 1 and 2.</param>
    /// <param name="extra">Further descriptors, which it gets from <see cref="FirstExtra"/> on.</param>
    /// <param name="noNewPrivileges">Whether it may gain no privileges, nor may what it restores.</param>
    /// <param name="signals">A signal that ends this process ends the session.</param>
    /// <exception cref="RuntimeException">There is no criu.</exception>
    public static CriuSession Start(
        byte[][] environment,
        ReadOnlySpan<int> streams,
        ReadOnlySpan<int> extra,
        bool noNewPrivileges,
        SignalReader signals)
    {
        string program = Find(environment);
        KernelException.Check(Kernel.socketpair(Kernel.SOCK_SEQPACKET, out int ours, out int theirs), "socketpair");
        Fd socket = new(ours);
        using Fd other = new(theirs);

        // Out of the way of the numbers that criu is to have.
        int[] descriptors = [.. streams, theirs, .. extra];
        for (int i = 0; i < descriptors.Length; i++)
        {
            descriptors[i] = Kernel.fcntl(descriptors[i], Kernel.F_DUPFD_CLOEXEC, Above);
        }

        int pid = CriuProcess.Start(program, environment, descriptors, noNewPrivileges);
        foreach (int descriptor in descriptors)
        {
            Kernel.close(descriptor);
        }

        return new CriuSession(pid, socket, signals);
    }

    /// <summary>Asks criu for something, and waits until it is done.</summary>
    /// <param name="request">What.</param>
    /// <param name="listener">Hears of each step, where there is one; what it throws ends the session.</param>
    /// <returns>criu's last answer, which may tell of a failure; null where criu ended without one.</returns>
    public CriuAnswer? Ask(CriuRequest request, Listener? listener)
    {
        Send(request);
        byte[] buffer = new byte[MaxMessage];
        while (true)
        {
            _signals.WaitForMessage(_socket.Number);
            int length = Kernel.ReceiveWithDescriptor(_socket.Number, buffer, out int number);
            using Fd descriptor = new(number);
            if (length <= 0)
            {
                return null;
            }

            CriuAnswer answer = new();
            answer.MergeFrom(buffer.AsSpan(0, length).ToArray());
            if (answer.Type != CriuTask.Notify || !answer.Success)
            {
                return answer;
            }

            listener?.Invoke(answer.Notify?.Script ?? string.Empty, answer.Notify?.Pid ?? 0, descriptor.Number);
            Send(new CriuRequest { Type = CriuTask.Notify, NotifySuccess = true });
        }
    }

    /// <summary>Ends the talk and waits for criu's end.</summary>
    /// <returns>How it ended.</returns>
    public Kernel.ExitInfo End()
    {
        _ended = true;
        _socket.Dispose();
        return WaitForEnd();
    }

    /// <summary>
    /// criu that is still there finds nobody to talk to, undoes what it did, and ends. Where it waits for a peer
    /// instead it is killed: what it put into the container's processes then lets them go on.
    /// </summary>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _socket.Dispose();
        using Fd process = new(Kernel.pidfd_open(Pid));
        Span<pollfd> entry = stackalloc pollfd[1];
        entry[0].fd = process.Number;
        entry[0].events = Kernel.POLLIN;
        if (Kernel.poll(entry, WaitsForPeer ? 0 : EndLimitMilliseconds) <= 0)
        {
            _ = Kernel.kill(Pid, Kernel.SIGKILL);
        }

        _ = WaitForEnd();
    }

    private Kernel.ExitInfo WaitForEnd()
    {
        KernelException.Check(Kernel.waitid(Kernel.P_PID, Pid, Kernel.WEXITED, out Kernel.ExitInfo info), "waitid");
        return info;
    }

    private static string Find(byte[][] environment)
    {
        const string Usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        string path = Usual;
        foreach (byte[] entry in environment)
        {
            if (entry.AsSpan().StartsWith("PATH="u8))
            {
                path = Utf8.ToText(entry.AsSpan("PATH=".Length));
            }
        }

        return HostProgram.Find("criu", path)
            ?? throw new KernelException(
                "find", "criu", Errno.ENOENT, null,
                "checkpoint and restore are criu's work: install it, or put it into $PATH");
    }

    private void Send(CriuRequest request)
    {
        KernelException.Check(
            Kernel.SendWithDescriptor(_socket.Number, request.ToByteArray(), -1), "send", "to criu"u8);
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;

namespace Csrun.Testing;

/// <summary>A seccomp agent: takes container process states with their listeners and answers calls.</summary>
public sealed unsafe partial class SeccompAgent : IDisposable
{
    private const uint Receive = 0xC050_2100; // SECCOMP_IOCTL_NOTIF_RECV
    private const uint Answer = 0xC018_2101; // SECCOMP_IOCTL_NOTIF_SEND
    private const uint Continue = 1; // SECCOMP_USER_NOTIF_FLAG_CONTINUE

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Thread _thread;
    private readonly List<JsonObject> _states = [];
    private readonly List<int> _calls = [];
    private readonly Func<int, int> _errnoOf;

    /// <param name="path">Where it listens.</param>
    /// <param name="errnoOf">The errno that a call's number gets; 0 lets it go on.</param>
    public SeccompAgent(string path, Func<int, int> errnoOf)
    {
        _errnoOf = errnoOf;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen();
        _thread = new Thread(Work) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The states that came, one for each connection.</summary>
    public IReadOnlyList<JsonObject> States
    {
        get
        {
            lock (_states)
            {
                return [.. _states];
            }
        }
    }

    /// <summary>The states, once so many have come; those that came in ten seconds where they are fewer.</summary>
    public IReadOnlyList<JsonObject> Await(int count)
    {
        SpinWait.SpinUntil(() => States.Count >= count, TimeSpan.FromSeconds(count == 0 ? 0 : 10));
        return States;
    }

    /// <summary>Numbers of the calls that were answered.</summary>
    public IReadOnlyList<int> Calls
    {
        get
        {
            lock (_states)
            {
                return [.. _calls];
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
    }

    private void Work()
    {
        try
        {
            while (true)
            {
                using Socket connection = _socket.Accept();
                Take(connection);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    // What is no state counts as one that says so: an error would end the test run. It counts before its calls get
    // answers, so that who saw an answer finds the state.
    private void Take(Socket connection)
    {
        JsonObject state;
        int listener = -1;
        try
        {
            listener = ReceiveDescriptor(connection, out string json);
            state = JsonNode.Parse(json)!.AsObject();
        }
        catch (Exception error) when (error is InvalidDataException or System.Text.Json.JsonException)
        {
            state = new JsonObject { ["fault"] = error.Message };
        }

        lock (_states)
        {
            _states.Add(state);
        }

        new Thread(() => AnswerAll(listener)) { IsBackground = true }.Start();
    }

    private static int ReceiveDescriptor(Socket connection, out string json)
    {
        byte* buffer = stackalloc byte[65536];
        byte* control = stackalloc byte[64];
        IoVector part = new() { Base = buffer, Length = 65536 };
        MessageHeader message = new() { Parts = &part, PartCount = 1, Control = control, ControlLength = 64 };
        nint length = recvmsg((int)connection.Handle, &message, 0);
        ExpectOneDescriptor(message.ControlLength);
        using MemoryStream all = new();
        all.Write(new ReadOnlySpan<byte>(buffer, (int)length));
        using NetworkStream rest = new(connection);
        rest.CopyTo(all);
        json = Encoding.UTF8.GetString(all.ToArray());
        return *(int*)(control + 16);
    }

    // With the first bytes.
    private static void ExpectOneDescriptor(nuint controlLength)
    {
        if (controlLength != 24)
        {
            throw new InvalidDataException($"not one descriptor, but {controlLength} bytes of control data");
        }
    }

    private void AnswerAll(int listener)
    {
        ulong* request = stackalloc ulong[10];
        ulong* response = stackalloc ulong[3];
        while (true)
        {
            new Span<ulong>(request, 10).Clear();
            if (ioctl(listener, Receive, request) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Libc.EINTR)
                {
                    continue;
                }

                _ = close(listener);
                return;
            }

            // struct seccomp_notif: id, pid, flags, then struct seccomp_data.
            int number = (int)request[2];
            lock (_states)
            {
                _calls.Add(number);
            }

            int errno = _errnoOf(number);
            response[0] = request[0];
            response[1] = 0;
            response[2] = errno == 0 ? (ulong)Continue << 32 : (uint)-errno;
            _ = ioctl(listener, Answer, response);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc")]
    private static partial nint recvmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}

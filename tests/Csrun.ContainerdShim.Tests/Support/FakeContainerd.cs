using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Csrun.Shim.Messages.Events;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;

namespace Csrun.ContainerdShim.Tests;

/// <summary>containerd as a shim sees it: a socket that takes events. It can go away and come back.</summary>
internal sealed class FakeContainerd : IDisposable
{
    private readonly List<(Envelope Envelope, string Text)> _events = [];
    private readonly List<Socket> _connections = [];
    private Socket? _listener;

    public FakeContainerd(string path)
    {
        Path = path;
        Start();
    }

    /// <summary>The socket's path: TTRPC_ADDRESS.</summary>
    public string Path { get; }

    /// <summary>All events so far, in the order they came: the topic's last part, the process and its status.</summary>
    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events.Select(e => e.Text)];
            }
        }
    }

    public IReadOnlyList<Envelope> Envelopes
    {
        get
        {
            lock (_events)
            {
                return [.. _events.Select(e => e.Envelope)];
            }
        }
    }

    /// <summary>Waits until this many events have come.</summary>
    public IReadOnlyList<string> Await(int count)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (Events.Count < count && clock.Elapsed < TimeSpan.FromSeconds(20))
        {
            Thread.Sleep(5);
        }

        return Events;
    }

    /// <summary>Waits until an event has come.</summary>
    public void Await(string text)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!Events.Contains(text))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException($"no event '{text}' in: {string.Join(", ", Events)}");
            }

            Thread.Sleep(5);
        }
    }

    public void Start()
    {
        File.Delete(Path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    /// <summary>As when containerd is killed: nobody listens, and the connections break.</summary>
    public void Stop()
    {
        _listener?.Dispose();
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
            _connections.Clear();
        }
    }

    public void Dispose()
    {
        Stop();
    }

    private void Accept()
    {
        try
        {
            while (_listener is Socket listener)
            {
                Socket connection = listener.Accept();
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private void Serve(Socket connection)
    {
        try
        {
            using NetworkStream stream = new(connection);
            while (true)
            {
                byte[] header = ShimClient.ReadExactly(stream, 10);
                byte[] data = ShimClient.ReadExactly(stream, BinaryPrimitives.ReadInt32BigEndian(header));
                Request request = Request.Parser.ParseFrom(data);
                Envelope envelope = ForwardRequest.Parser.ParseFrom(request.Payload).Envelope;
                header.AsSpan(0, 4).Clear();
                header[8] = 2;

                // Who sees the event may stop this server: an event that was not answered would come again.
                lock (_events)
                {
                    stream.Write(header);
                    _events.Add((envelope, Describe(envelope)));
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Its end.
        }
    }

    private static string Describe(Envelope envelope)
    {
        ByteString value = envelope.Event.Value;
        string topic = envelope.Topic["/tasks/".Length..];
        return topic switch
        {
            "exit" => $"exit {TaskExit.Parser.ParseFrom(value).Id} {TaskExit.Parser.ParseFrom(value).ExitStatus}",
            "delete" => $"delete {TaskDelete.Parser.ParseFrom(value).ExitStatus}",
            "exec-added" => "exec-added " + TaskExecAdded.Parser.ParseFrom(value).ExecId,
            "exec-started" => "exec-started " + TaskExecStarted.Parser.ParseFrom(value).ExecId,
            _ => topic,
        };
    }
}

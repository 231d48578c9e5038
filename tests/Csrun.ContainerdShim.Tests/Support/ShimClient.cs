using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;

namespace Csrun.ContainerdShim.Tests;

/// <summary>A ttrpc client of the tests' own: any number of calls at once on one connection.</summary>
internal sealed class ShimClient : IDisposable
{
    private const int HeaderSize = 10;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly NetworkStream _stream;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<Response>> _calls = [];
    private readonly Lock _lock = new();
    private uint _next = 1;

    public ShimClient(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        _stream = new NetworkStream(socket, ownsSocket: true);
        new Thread(ReadAll) { IsBackground = true }.Start();
    }

    /// <summary>Which of the two task services is called.</summary>
    public string Service { get; set; } = "containerd.task.v2.Task";

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <exception cref="ShimCallException">The shim refuses.</exception>
    public T Call<T>(string method, IMessage request)
        where T : IMessage<T>, new()
    {
        return Answer<T>(Begin(method, request));
    }

    /// <summary>Calls a method that answers nothing.</summary>
    public void Call(string method, IMessage request)
    {
        _ = Call<Google.Protobuf.WellKnownTypes.Empty>(method, request);
    }

    /// <summary>Calls a method that is expected to be refused.</summary>
    public ShimCallException Refusal(string method, IMessage request)
    {
        try
        {
            Call(method, request);
        }
        catch (ShimCallException refusal)
        {
            return refusal;
        }

        throw new InvalidOperationException(method + " was not refused");
    }

    /// <summary>Sends a call; its answer comes when it comes.</summary>
    public Task<Response> Begin(string method, IMessage request, TimeSpan? timeout = null, string? service = null)
    {
        Request call = new()
        {
            Service = service ?? Service,
            Method = method,
            Payload = request.ToByteString(),
            TimeoutNano = (long)(timeout?.TotalNanoseconds ?? 0),
        };
        TaskCompletionSource<Response> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            uint stream = _next;
            _next += 2;
            _calls[stream] = source;
            SendFrame(stream, 1, call.ToByteArray());
        }

        return source.Task;
    }

    /// <summary>Waits for an answer and reads it.</summary>
    public static T Answer<T>(Task<Response> call)
        where T : IMessage<T>, new()
    {
        if (!call.Wait(s_limit))
        {
            throw new TimeoutException("the shim does not answer");
        }

        Response response = call.Result;
        if (response.Status is { Code: not 0 } status)
        {
            throw new ShimCallException(status.Code, status.Message);
        }

        T message = new();
        message.MergeFrom(response.Payload);
        return message;
    }

    /// <summary>Sends bytes as they are.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
    }

    public void Dispose()
    {
        _stream.Dispose();
    }

    internal static byte[] ReadExactly(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void SendFrame(uint stream, byte type, byte[] data)
    {
        byte[] frame = new byte[HeaderSize + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), stream);
        frame[8] = type;
        data.CopyTo(frame, HeaderSize);
        _stream.Write(frame);
    }

    private void ReadAll()
    {
        try
        {
            while (true)
            {
                byte[] header = ReadExactly(_stream, HeaderSize);
                byte[] data = ReadExactly(_stream, BinaryPrimitives.ReadInt32BigEndian(header));
                if (_calls.TryRemove(
                    BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)), out TaskCompletionSource<Response>? call))
                {
                    call.SetResult(Response.Parser.ParseFrom(data));
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            foreach (TaskCompletionSource<Response> call in _calls.Values)
            {
                _ = call.TrySetException(new IOException("ttrpc: closed"));
            }
        }
    }
}

/// <summary>A call that the shim refused.</summary>
internal sealed class ShimCallException(int code, string message) : Exception(code + " " + message)
{
    public int Code => code;

    public string Text => message;
}

using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Csrun.CgroupCommands.Tests;

/// <summary>A method call that came over the bus.</summary>
/// <param name="Member">The method.</param>
/// <param name="Arguments">Its arguments: strings, numbers, and properties as a dictionary.</param>
public sealed record BusCall(string Member, object[] Arguments)
{
    /// <summary>The properties among the arguments.</summary>
    public IReadOnlyDictionary<string, object> Properties => Arguments.OfType<Dictionary<string, object>>().First();
}

/// <summary>
/// The other end of a bus, as far as a runtime talks to systemd: SASL, Hello, and jobs that end. It shares no code with
/// csrun, and moves no process anywhere.
/// </summary>
public sealed class FakeSystemd : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<BusCall> _calls = new();
    private readonly ConcurrentDictionary<string, Queue<(string Name, string Text)>> _errors = new();
    private int _jobs;

    public FakeSystemd(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        Address = "unix:path=" + path + ",guid=0123456789abcdef";
        new Thread(Accept) { IsBackground = true }.Start();
    }

    /// <summary>For DBUS_SYSTEM_BUS_ADDRESS.</summary>
    public string Address { get; }

    /// <summary>How jobs end.</summary>
    public string JobResult { get; set; } = "done";

    /// <summary>Whether it hangs up at the first call of this method.</summary>
    public string? HangsUpAt { get; set; }

    /// <summary>What was asked, Hello and AddMatch included.</summary>
    public BusCall[] Calls => [.. _calls];

    /// <summary>Answers the next call of a method with an error.</summary>
    public void FailNext(string member, string errorName, string text)
    {
        _errors.GetOrAdd(member, _ => new Queue<(string, string)>()).Enqueue((errorName, text));
    }

    public void Dispose()
    {
        _listener.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket peer = _listener.Accept();
                new Thread(() => Serve(peer)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket peer)
    {
        using NetworkStream stream = new(peer, ownsSocket: true);
        try
        {
            Authenticate(stream);
            while (true)
            {
                byte[] header = new byte[16];
                stream.ReadExactly(header);
                Message message = new(header, stream);
                _calls.Enqueue(new BusCall(message.Member, message.ReadArguments()));
                if (message.Member == HangsUpAt)
                {
                    return;
                }

                Answer(stream, message);
            }
        }
        catch (IOException)
        {
            // The caller has gone.
        }
    }

    private static void Authenticate(NetworkStream stream)
    {
        StringBuilder text = new();
        while (!text.ToString().EndsWith("BEGIN\r\n", StringComparison.Ordinal))
        {
            int next = stream.ReadByte();
            text.Append(next < 0 ? throw new IOException("no BEGIN") : (char)next);
        }

        text.ToString().Should().StartWith("\0AUTH EXTERNAL\r\n");
        stream.Write("DATA\r\nOK 0123456789abcdef\r\n"u8);
    }

    private void Answer(NetworkStream stream, Message call)
    {
        if (_errors.TryGetValue(call.Member, out Queue<(string Name, string Text)>? errors)
            && errors.TryDequeue(out var error))
        {
            stream.Write(Message.Compose(3, call.Serial, error.Name, "s", [error.Text]));
            return;
        }

        string? answer = call.Member switch
        {
            "Hello" => ":1.42",
            "StartTransientUnit" or "StopUnit" =>
                "/org/freedesktop/systemd1/job/"
                    + Interlocked.Increment(ref _jobs).ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        stream.Write(Message.Compose(
            2, call.Serial, null, answer is null ? "" : answer[0] == '/' ? "o" : "s", answer is null ? [] : [answer]));
        if (answer?[0] == '/')
        {
            // Jobs of others end too.
            stream.Write(Message.Compose(
                4, 0, "JobRemoved", "uoss", [1u, "/org/freedesktop/systemd1/job/999", "other.service", "failed"]));
            stream.Write(Message.Compose(4, 0, "JobRemoved", "uoss", [2u, answer, "unit", JobResult]));
        }
    }

    private sealed class Message
    {
        private readonly byte[] _bytes;
        private readonly string _signature = "";
        private int _at;

        internal Message(byte[] header, Stream rest)
        {
            header[0].Should().Be((byte)'l');
            int fields = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
            int body = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
            int start = (16 + fields + 7) / 8 * 8;
            _bytes = new byte[start + body];
            header.CopyTo(_bytes, 0);
            rest.ReadExactly(_bytes.AsSpan(16));
            Serial = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8));
            _at = 16;
            while (_at < 16 + fields)
            {
                Align(8);
                byte code = _bytes[_at++];
                object value = ReadVariant();
                Member = code == 3 ? (string)value : Member;
                _signature = code == 8 ? (string)value : _signature;
            }

            _at = start;
        }

        internal string Member { get; } = "";

        internal uint Serial { get; }

        internal object[] ReadArguments()
        {
            List<object> arguments = [];
            for (int i = 0; i < _signature.Length;)
            {
                arguments.Add(Read(_signature, ref i));
            }

            _at.Should().Be(_bytes.Length, "the body ends where its length says");
            return [.. arguments];
        }

        internal static byte[] Compose(byte type, uint replySerial, string? name, string signature, object[] arguments)
        {
            MemoryStream stream = new();
            stream.Write([(byte)'l', type, 1, 1, 0, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0]);
            if (type != 4)
            {
                Pad(stream, 8);
                stream.Write([5, 1, (byte)'u', 0]);
                Write(stream, replySerial);
            }

            if (name is not null)
            {
                Pad(stream, 8);
                stream.Write([type == 3 ? (byte)4 : (byte)3, 1, (byte)'s', 0]);
                Write(stream, name);
            }

            if (signature.Length > 0)
            {
                Pad(stream, 8);
                stream.Write([8, 1, (byte)'g', 0, (byte)signature.Length, .. Encoding.ASCII.GetBytes(signature), 0]);
            }

            int fields = (int)stream.Length - 16;
            Pad(stream, 8);
            int body = (int)stream.Length;
            Array.ForEach(arguments, argument => Write(stream, argument));
            byte[] bytes = stream.ToArray();
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), fields);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - body);
            return bytes;
        }

        private static void Write(MemoryStream stream, object value)
        {
            Pad(stream, 4);
            byte[] number = new byte[4];
            byte[] text = value is string s ? [.. Encoding.UTF8.GetBytes(s), 0] : [];
            BinaryPrimitives.WriteUInt32LittleEndian(number, value is uint n ? n : (uint)text.Length - 1);
            stream.Write(number);
            stream.Write(text);
        }

        private static void Pad(MemoryStream stream, int size)
        {
            while (stream.Length % size != 0)
            {
                stream.WriteByte(0);
            }
        }

        private void Align(int size)
        {
            while (_at % size != 0)
            {
                _bytes[_at++].Should().Be(0, "padding is zero");
            }
        }

        private object ReadVariant()
        {
            int length = _bytes[_at++];
            string signature = Encoding.ASCII.GetString(_bytes, _at, length);
            _at += length + 1;
            int i = 0;
            return Read(signature, ref i);
        }

        private object Read(string signature, ref int i)
        {
            switch (signature[i++])
            {
                case 'y':
                    return _bytes[_at++];
                case 'b':
                    return Unsigned32() != 0;
                case 'u':
                    return Unsigned32();
                case 'i':
                    return (int)Unsigned32();
                case 't':
                    Align(8);
                    _at += 8;
                    return BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(_at - 8));
                case 's' or 'o':
                    int length = (int)Unsigned32();
                    _at += length + 1;
                    return Encoding.UTF8.GetString(_bytes, _at - length - 1, length);
                case 'g':
                    int short_ = _bytes[_at++];
                    _at += short_ + 1;
                    return Encoding.ASCII.GetString(_bytes, _at - short_ - 1, short_);
                case 'v':
                    return ReadVariant();
                case 'a':
                    return ReadArray(signature, ref i);
                default:
                    throw new FormatException(signature);
            }
        }

        private object ReadArray(string signature, ref int i)
        {
            int end = (int)Unsigned32();
            bool isStruct = signature[i] == '(';
            Align(isStruct || signature[i] == 't' ? 8 : signature[i] == 'y' ? 1 : 4);
            end += _at;
            List<object> items = [];
            int start = isStruct ? i + 1 : i;
            int after = isStruct ? Closing(signature, i) : i;
            while (_at < end)
            {
                if (!isStruct)
                {
                    after = start;
                    items.Add(Read(signature, ref after));
                    continue;
                }

                Align(8);
                for (int member = start; member < after;)
                {
                    items.Add(Read(signature, ref member));
                }
            }

            i = isStruct ? after + 1 : start + 1;
            return isStruct && signature[start..after] == "sv"
                ? items.Chunk(2).ToDictionary(pair => (string)pair[0], pair => pair[1])
                : items;
        }

        private static int Closing(string signature, int open)
        {
            int depth = 0;
            for (int i = open; ; i++)
            {
                depth += signature[i] == '(' ? 1 : signature[i] == ')' ? -1 : 0;
                if (depth == 0)
                {
                    return i;
                }
            }
        }

        private uint Unsigned32()
        {
            Align(4);
            _at += 4;
            return BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_at - 4));
        }
    }
}

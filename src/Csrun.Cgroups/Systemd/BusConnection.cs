using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// A connection to a message bus: SASL EXTERNAL, Hello, method calls whose answers are waited for, and one kind of
/// signal. Synchronous, and every wait has an end. Source: the D-Bus specification.
/// </summary>
internal sealed class BusConnection : IDisposable
{
    private const byte MethodCall = 1;
    private const byte ProtocolVersion = 1;
    private const int MostRetries = 10;
    private const string Bus = "org.freedesktop.DBus";

    private readonly Fd _socket;
    private readonly string _address;
    private readonly long _deadline;
    private uint _serial;

    private BusConnection(Fd socket, string address, int milliseconds)
    {
        _socket = socket;
        _address = address;
        _deadline = Environment.TickCount64 + milliseconds;
    }

    /// <summary>Connects, says who it is, and asks for the signals of systemd's jobs.</summary>
    /// <param name="address">A path of a Unix socket.</param>
    /// <param name="milliseconds">How long all that is done on the connection may take together.</param>
    /// <exception cref="KernelException">Nobody is there, or the bus refuses this user.</exception>
    public static BusConnection Open(string address, int milliseconds)
    {
        Fd socket = new(KernelException.Check(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM), "socket"));
        BusConnection connection = new(socket, address, milliseconds);
        try
        {
            connection.Connect();
            connection.Authenticate();
            connection.Call(Bus, "/org/freedesktop/DBus", Bus, "Hello", "", null);
            connection.Call(
                Bus, "/org/freedesktop/DBus", Bus, "AddMatch", "s",
                body => body.String("type='signal',interface='org.freedesktop.systemd1.Manager',member='JobRemoved'"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <param name="destination">The service.</param>
    /// <param name="path">The object.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="member">The method.</param>
    /// <param name="signature">The types of the arguments.</param>
    /// <param name="arguments">Writes them; null where there are none.</param>
    /// <exception cref="BusException">The service answers with an error.</exception>
    /// <exception cref="KernelException">The connection broke, or the time is over.</exception>
    public BusMessage Call(
        string destination,
        string path,
        string interfaceName,
        string member,
        string signature,
        Action<BusWriter>? arguments)
    {
        uint serial = ++_serial;
        Send(Compose(serial, destination, path, interfaceName, member, signature, arguments));
        while (true)
        {
            BusMessage message = Receive();
            if (message.ReplySerial != serial)
            {
                continue;
            }

            if (message.Type == BusMessage.Error)
            {
                throw new BusException(member, message.ErrorName, message.ReadString());
            }

            return message;
        }
    }

    /// <summary>The next signal of this name.</summary>
    public BusMessage WaitForSignal(string member)
    {
        while (true)
        {
            BusMessage message = Receive();
            if (message.Type == BusMessage.Signal && message.Member == member)
            {
                return message;
            }
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _socket.Dispose();
    }

    private static byte[] Compose(
        uint serial,
        string destination,
        string path,
        string interfaceName,
        string member,
        string signature,
        Action<BusWriter>? arguments)
    {
        BusWriter message = new();
        message.Byte((byte)'l');
        message.Byte(MethodCall);
        message.Byte(0);
        message.Byte(ProtocolVersion);
        message.UInt32(0);
        message.UInt32(serial);
        (int, int) fields = message.BeginArray(8);
        Field(message, 1, "o", path);
        Field(message, 2, "s", interfaceName);
        Field(message, 3, "s", member);
        Field(message, 6, "s", destination);
        if (signature.Length > 0)
        {
            message.Align(8);
            message.Byte(8);
            message.Signature("g");
            message.Signature(signature);
        }

        message.EndArray(fields);
        message.Align(8);
        int body = message.Length;
        arguments?.Invoke(message);
        message.Patch(4, (uint)(message.Length - body));
        return message.Written.ToArray();
    }

    private static void Field(BusWriter message, byte code, string signature, string value)
    {
        message.Align(8);
        message.Byte(code);
        message.Signature(signature);
        message.String(value);
    }

    /// <summary>A bus whose backlog is full says so at once; it is asked again.</summary>
    private void Connect()
    {
        byte[] path = Utf8.Terminated(_address);
        int result = 0;
        for (int i = 0; i < MostRetries; i++)
        {
            result = Kernel.connect_unix(_socket.Number, path);
            if (result != -(int)Errno.EAGAIN)
            {
                break;
            }

            _ = Kernel.poll([], 1 << i);
        }

        if (result < 0)
        {
            throw new KernelException(
                "connect to the bus of systemd at", _address, (Errno)(-result), "--systemd-cgroup",
                "systemd not running on this host, cannot use systemd cgroups manager");
        }
    }

    /// <summary>EXTERNAL: the kernel tells the bus who is at the other end. All of it is sent at once, as sd-bus
    /// does.</summary>
    private void Authenticate()
    {
        Send("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8.ToArray());
        string first = ReadLine();
        string second = first.StartsWith("DATA", StringComparison.Ordinal) ? ReadLine() : first;
        if (!second.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new KernelException(
                "authenticate at the bus", _address, Errno.EACCES, "--systemd-cgroup", "the bus says: " + second);
        }
    }

    private string ReadLine()
    {
        const int LongestLine = 512;
        byte[] line = new byte[LongestLine];
        int length = 0;
        do
        {
            Read(line.AsSpan(length, 1));
        }
        while (line[length++] != (byte)'\n' && length < line.Length);

        return Utf8.ToText(line.AsSpan(0, length)).TrimEnd('\r', '\n');
    }

    private BusMessage Receive()
    {
        byte[] header = new byte[BusMessage.FixedHeader];
        Read(header);
        int length = BusMessage.LengthOf(header);
        if (length < header.Length)
        {
            throw Broken(Errno.EPROTO);
        }

        byte[] bytes = new byte[length];
        header.CopyTo(bytes, 0);
        Read(bytes.AsSpan(header.Length));
        return BusMessage.Parse(bytes) ?? throw Broken(Errno.EPROTO);
    }

    private void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Wait(Kernel.POLLIN);
            int count = Kernel.read(_socket.Number, bytes);
            if (count <= 0)
            {
                throw Broken(count == 0 ? Errno.ECONNRESET : (Errno)(-count));
            }

            bytes = bytes[count..];
        }
    }

    private void Send(byte[] bytes)
    {
        Wait(Kernel.POLLOUT);
        int result = Kernel.WriteAll(_socket.Number, bytes);
        if (result < 0)
        {
            throw Broken((Errno)(-result));
        }
    }

    private void Wait(short events)
    {
        Span<pollfd> entry = [new pollfd { fd = _socket.Number, events = events }];
        int left = (int)long.Max(0, _deadline - Environment.TickCount64);
        int ready = Kernel.poll(entry, left);
        if (ready <= 0)
        {
            throw Broken(ready == 0 ? Errno.ETIMEDOUT : (Errno)(-ready));
        }
    }

    private KernelException Broken(Errno errno)
    {
        return new KernelException(
            "talk to systemd by", _address, errno, "--systemd-cgroup",
            errno == Errno.ETIMEDOUT
                ? "systemd did not answer in time: see systemctl list-jobs and journalctl -u dbus"
                : null);
    }
}

using System;
using System.Buffers.Binary;
using System.Text;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>What the two processes of a create say to each other, in the order of a container's life.</summary>
public enum SyncMessage : byte
{
    /// <summary>Nothing came: the other side is gone.</summary>
    None,

    /// <summary>The process between (joined user namespace): the container's first process is cloned.</summary>
    Cloned,

    /// <summary>Parent: it knows the first process that the one between has cloned.</summary>
    Adopted,

    /// <summary>Child: in its new user namespace, waiting for its id maps.</summary>
    WantsIdMaps,

    /// <summary>Parent: the id maps are written.</summary>
    IdMapsWritten,

    /// <summary>Child: in its network namespace, waiting for the devices it gets.</summary>
    WantsNetDevices,

    /// <summary>Parent: the network devices are there.</summary>
    NetDevicesMoved,

    /// <summary>Child: it may not reach the source of a mount, whose number follows; the parent sends it.</summary>
    WantsSource,

    /// <summary>Parent: the source of a mount comes with this.</summary>
    Source,

    /// <summary>Parent: the cgroup directories exist and carry their limits.</summary>
    CgroupsMade,

    /// <summary>Child: everything is mounted, the root is not yet changed; the runtime's hooks may run.</summary>
    WantsHooks,

    /// <summary>Parent: prestart and createRuntime hooks are done.</summary>
    HooksDone,

    /// <summary>Child: the container is as config.json describes it and waits for its start.</summary>
    Created,

    /// <summary>Parent (create): the container is on record and lives on by itself.</summary>
    Recorded,

    /// <summary>Parent (run only): start.</summary>
    Start,

    /// <summary>Child: it failed; the error follows in the same message.</summary>
    Failed,
}

/// <summary>
/// One end of the SOCK_SEQPACKET pair between csrun and the container's first process. Each message is one packet: a
/// byte that names it and, for <see cref="SyncMessage.Failed"/>, the error.
/// </summary>
public readonly struct SyncChannel
{
    /// <summary>The size of the largest packet, in bytes: a path and the ends of what a hook wrote fit in.</summary>
    public const int MaxMessage = 16384;

    private const int TextCount = 4;

    private readonly int _socket;

    /// <summary>Takes this side's end.</summary>
    public SyncChannel(int socket)
    {
        _socket = socket;
    }

    /// <summary>The end's descriptor, for poll.</summary>
    public int Descriptor => _socket;

    /// <summary>
    /// Sends a message without content. That the other side is gone is for the next
    /// <see cref="Receive(out KernelException?)"/> to tell.
    /// </summary>
    /// <exception cref="KernelException">It could not be sent: both sides would wait for each other.</exception>
    public void Send(SyncMessage message)
    {
        int sent = Kernel.write(_socket, [(byte)message]);
        if (sent < 0 && sent != -(int)Errno.EPIPE)
        {
            throw Broken("write to", sent);
        }
    }

    /// <summary>Sends the error that ends this side.</summary>
    public void SendFailure(KernelException error)
    {
        WriteFailure(_socket, error);
    }

    /// <summary>Writes an error as one packet, to the channel or to the pipe a start reads.</summary>
    public static void WriteFailure(int fd, KernelException error)
    {
        byte[] packet = new byte[MaxMessage];
        packet[0] = (byte)SyncMessage.Failed;
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(1), (int)error.Errno);
        int length = 5;
        length = Append(packet, length, error.Operation);
        length = Append(packet, length, error.Subject);
        length = Append(packet, length, error.Place);
        length = Append(packet, length, error.Hint);
        _ = Kernel.WriteAll(fd, packet.AsSpan(0, length));
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="failure">The other side's error, with <see cref="SyncMessage.Failed"/>.</param>
    /// <returns>The message; <see cref="SyncMessage.None"/> when the other side is gone.</returns>
    /// <exception cref="KernelException">It could not be read.</exception>
    public SyncMessage Receive(out KernelException? failure)
    {
        return Receive(out failure, out _);
    }

    /// <summary>The same, with the number that follows <see cref="SyncMessage.WantsSource"/>.</summary>
    public SyncMessage Receive(out KernelException? failure, out int number)
    {
        failure = null;
        number = -1;
        byte[] packet = NewPacket();
        int length = Kernel.read(_socket, packet);
        if (length == -(int)Errno.ECONNRESET)
        {
            // The peer ended with a message of ours unread; what it said before is still in the queue.
            length = Kernel.read(_socket, packet);
        }

        if (length is 0 or -(int)Errno.ECONNRESET)
        {
            return SyncMessage.None;
        }

        if (length < 0)
        {
            throw Broken("read from", length);
        }

        SyncMessage message = (SyncMessage)packet[0];
        if (message == SyncMessage.Failed)
        {
            failure = ReadFailure(packet.AsSpan(0, length));
        }
        else if (message == SyncMessage.WantsSource && length == 1 + sizeof(int))
        {
            number = BinaryPrimitives.ReadInt32LittleEndian(packet.AsSpan(1));
        }

        return message;
    }

    /// <summary>Asks the parent for the source of a mount: the descriptor.</summary>
    /// <exception cref="KernelException">The parent cannot open it either.</exception>
    internal int AskForSource(int number)
    {
        Span<byte> packet = stackalloc byte[1 + sizeof(int)];
        packet[0] = (byte)SyncMessage.WantsSource;
        BinaryPrimitives.WriteInt32LittleEndian(packet[1..], number);
        int sent = Kernel.write(_socket, packet);
        if (sent < 0)
        {
            throw Broken("write to", sent);
        }

        return ReceiveDescriptor(out int source) is KernelException failure ? throw failure : source;
    }

    /// <summary>Sends a descriptor: the pidfd of the container's first process, or the source of a mount.</summary>
    /// <exception cref="KernelException">It could not be sent.</exception>
    public void SendDescriptor(SyncMessage message, int descriptor)
    {
        int sent = Kernel.SendWithDescriptor(_socket, [(byte)message], descriptor);
        if (sent < 0)
        {
            throw Broken("write to", sent);
        }
    }

    /// <summary>Waits for a descriptor.</summary>
    /// <returns>Why there is none; null where there is.</returns>
    public KernelException? ReceiveDescriptor(out int descriptor)
    {
        byte[] packet = NewPacket();
        int length = Kernel.ReceiveWithDescriptor(_socket, packet, out descriptor);
        if (length > 0 && (SyncMessage)packet[0] == SyncMessage.Failed)
        {
            return ReadFailure(packet.AsSpan(0, length));
        }

        return descriptor >= 0 ? null : Broken("read from", Math.Min(length, -(int)Errno.EPIPE));
    }

    /// <summary>Room for any message. Not cleared: of its four pages most messages touch one.</summary>
    public static byte[] NewPacket()
    {
        return GC.AllocateUninitializedArray<byte>(MaxMessage);
    }

    private static KernelException Broken(string operation, int result)
    {
        return new KernelException(
            operation + " the channel between csrun and the container", string.Empty, (Errno)(-result));
    }

    private static int Append(Span<byte> packet, int length, string? text)
    {
        Span<byte> bytes = packet[(length + 2)..];
        int written = 0;
        if (text is not null)
        {
            // Cut where the packet ends, with room for the lengths of the others. A cut may fall between the bytes of a
            // character; the reader replaces what is left of it.
            byte[] encoded = Encoding.UTF8.GetBytes(text);
            written = Math.Clamp(bytes.Length - (TextCount * sizeof(ushort)), 0, encoded.Length);
            encoded.AsSpan(0, written).CopyTo(bytes);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(packet[length..], text is null ? ushort.MaxValue : (ushort)written);
        return length + 2 + written;
    }

    /// <summary>Reads an error back from its packet.</summary>
    public static KernelException ReadFailure(ReadOnlySpan<byte> packet)
    {
        Errno errno = (Errno)BinaryPrimitives.ReadInt32LittleEndian(packet[1..]);
        string?[] texts = new string?[TextCount];
        ReadOnlySpan<byte> rest = packet[5..];
        for (int i = 0; i < TextCount; i++)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            rest = rest[2..];
            if (length != ushort.MaxValue)
            {
                texts[i] = Encoding.UTF8.GetString(rest[..length]);
                rest = rest[length..];
            }
        }

        return new KernelException(texts[0] ?? string.Empty, texts[1] ?? string.Empty, errno, texts[2], texts[3]);
    }
}

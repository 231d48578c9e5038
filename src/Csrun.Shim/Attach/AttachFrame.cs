using System;
using System.Buffers.Binary;

namespace Csrun.Shim.Attach;

/// <summary>
/// What a shim and an attached client say to each other over their stream socket: frames of a kind (one byte), the
/// length of what follows (four bytes, little-endian), and that. Both sides are the same executable or versions of it;
/// a frame of an unknown kind is passed over.
/// </summary>
internal static class AttachFrame
{
    /// <summary>The bytes before a frame's content.</summary>
    public const int HeaderSize = 5;

    /// <summary>The most a frame's content may have.</summary>
    public const int MaxContent = 32768;

    /// <summary>To the client, first: a byte of Hello flags.</summary>
    public const byte Hello = (byte)'h';

    /// <summary>To the client: bytes of standard output or the terminal.</summary>
    public const byte Output = (byte)'o';

    /// <summary>To the client: bytes of standard error.</summary>
    public const byte Error = (byte)'r';

    /// <summary>To the client: how many bytes it was too slow for (eight bytes), where they would have stood.</summary>
    public const byte Lost = (byte)'l';

    /// <summary>
    /// To the client, last: the end of the container: the exit code as a shell has it (four bytes), -1 if unknown.
    /// </summary>
    public const byte Exit = (byte)'x';

    /// <summary>To the shim: bytes for the program.</summary>
    public const byte Input = (byte)'i';

    /// <summary>To the shim: the client's input has ended.</summary>
    public const byte InputEnd = (byte)'e';

    /// <summary>To the shim: rows and columns of the client's terminal (two bytes each).</summary>
    public const byte Size = (byte)'w';

    /// <summary>Hello: the program has a terminal.</summary>
    public const byte HasTerminal = 1;

    /// <summary>Hello: the program reads what clients send.</summary>
    public const byte TakesInput = 2;

    /// <summary>Writes a frame's header.</summary>
    public static void WriteHeader(Span<byte> header, byte kind, int length)
    {
        header[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], length);
    }

    /// <summary>
    /// The first frame of what has been received.
    /// </summary>
    /// <param name="received">The bytes.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isBroken">Whether the bytes are no frame at all.</param>
    /// <returns>False where it is not whole yet.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> received, out byte kind, out ReadOnlySpan<byte> content, out bool isBroken)
    {
        kind = 0;
        content = default;
        isBroken = false;
        if (received.Length < HeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(received[1..]);
        isBroken = length is < 0 or > MaxContent;
        if (isBroken || received.Length < HeaderSize + length)
        {
            return false;
        }

        kind = received[0];
        content = received.Slice(HeaderSize, length);
        return true;
    }
}

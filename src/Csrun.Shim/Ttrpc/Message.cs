using System;
using Google.Protobuf;

namespace Csrun.Shim.Ttrpc;

/// <summary>
/// Reads messages without their parsers, which would bring a static object for each message to start-up.
/// </summary>
internal static class Message
{
    /// <summary>Reads a whole message.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : IMessage<T>, new()
    {
        T message = new();
        message.MergeFrom(bytes);
        return message;
    }
}

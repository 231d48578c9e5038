using System;
using System.Collections.Generic;
using Csrun.Shim.Messages.Ttrpc;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;

namespace Csrun.Ttrpc.Tests;

/// <summary>Frames as bytes, and a session's answers read back.</summary>
internal static class Wire
{
    public static byte[] Frame(uint stream, byte type, ReadOnlySpan<byte> data, byte flags = 0)
    {
        byte[] bytes = new byte[Shim.Ttrpc.Frame.HeaderSize + data.Length];
        Shim.Ttrpc.Frame.WriteHeader(bytes, data.Length, stream, (FrameType)type);
        bytes[9] = flags;
        data.CopyTo(bytes.AsSpan(Shim.Ttrpc.Frame.HeaderSize));
        return bytes;
    }

    public static byte[] Call(uint stream, string service, string method, byte[]? payload = null)
    {
        Request request = new() { Service = service, Method = method, Payload = ByteString.CopyFrom(payload ?? []) };
        return Frame(stream, 1, request.ToByteArray());
    }

    public static void Feed(ServerSession session, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> space = session.Input.Space();
            int count = Math.Min(space.Length, bytes.Length);
            bytes[..count].CopyTo(space);
            session.Input.Advance(count);
            session.Process();
            bytes = bytes[count..];
        }
    }

    public static List<(uint Stream, Response Response)> Answers(ServerSession session)
    {
        FrameReader reader = new();
        List<(uint, Response)> answers = [];
        ReadOnlySpan<byte> bytes = session.Output.Waiting;
        while (!bytes.IsEmpty)
        {
            Span<byte> space = reader.Space();
            int count = Math.Min(space.Length, bytes.Length);
            bytes[..count].CopyTo(space);
            reader.Advance(count);
            bytes = bytes[count..];
            while (reader.TryRead(out Frame frame))
            {
                answers.Add((frame.Stream, Response.Parser.ParseFrom(frame.Data)));
            }
        }

        return answers;
    }
}

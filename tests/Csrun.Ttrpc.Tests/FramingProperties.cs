using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Shim.Ttrpc;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Csrun.Ttrpc.Tests;

public sealed class FramingProperties
{
    [Property(MaxTest = 500)]
    public bool Frames_are_the_same_however_they_are_cut(byte[][] payloads, int[] cuts)
    {
        byte[] bytes = payloads.SelectMany((p, i) => Wire.Frame((uint)i, (byte)(i % 4), p, (byte)i)).ToArray();
        List<string> read = ReadAll(bytes, cuts);
        return read.SequenceEqual(payloads.Select((p, i) => $"{i} {i % 4} {(byte)i} {Convert.ToHexString(p)}"));
    }

    [Property(MaxTest = 2000)]
    public bool Whatever_a_peer_sends_ends_in_answers_and_not_in_an_exception(byte[] bytes, int[] cuts)
    {
        return Survives(bytes, cuts);
    }

    [Property(MaxTest = 2000)]
    public Property Frames_with_damaged_headers_or_messages_end_in_answers_and_not_in_an_exception()
    {
        return Prop.ForAll(ArbMap.Default.ArbFor<(byte[] Payload, int Place, byte Value, int[] Cuts)>(), damaged =>
        {
            byte[] bytes =
                [.. Wire.Call(1, "containerd.task.v2.Task", "State", damaged.Payload), .. Wire.Call(3, "s", "m")];
            bytes[(damaged.Place & int.MaxValue) % bytes.Length] = damaged.Value;
            return Survives(bytes, damaged.Cuts);
        });
    }

    [Property(MaxTest = 500)]
    public bool The_output_queue_keeps_order_whatever_is_taken(byte[][] payloads, int[] taken)
    {
        OutputQueue queue = new();
        List<byte> expected = [];
        List<byte> got = [];
        for (int i = 0; i < payloads.Length; i++)
        {
            Shim.Messages.Ttrpc.Response response =
                new() { Payload = Google.Protobuf.ByteString.CopyFrom(payloads[i]) };
            queue.Add((uint)i, FrameType.Response, response);
            expected.AddRange(Wire.Frame((uint)i, 2, Google.Protobuf.MessageExtensions.ToByteArray(response)));
            int count = taken.Length == 0 ? 0 : (taken[i % taken.Length] & int.MaxValue) % (queue.Waiting.Length + 1);
            got.AddRange(queue.Waiting[..count]);
            queue.Remove(count);
        }

        got.AddRange(queue.Waiting);
        return got.SequenceEqual(expected);
    }

    private static bool Survives(byte[] bytes, int[] cuts)
    {
        ServerSession session = new(call =>
        {
            _ = call.Read<Shim.Messages.Task.StateRequest>();
            call.Reply();
        });
        int start = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            int end = start + ((cut & int.MaxValue) % (bytes.Length - start + 1));
            Wire.Feed(session, bytes.AsSpan(start, end - start));
            start = end;
        }

        Wire.Feed(session, bytes.AsSpan(start));
        _ = Wire.Answers(session);
        return session.WaitingCalls == 0;
    }

    private static List<string> ReadAll(byte[] bytes, int[] cuts)
    {
        FrameReader reader = new();
        List<string> frames = [];
        int start = 0;
        int next = 0;
        while (start < bytes.Length)
        {
            Span<byte> space = reader.Space();
            int wanted = cuts.Length == 0 ? int.MaxValue : 1 + ((cuts[next++ % cuts.Length] & int.MaxValue) % 32);
            int count = Math.Min(Math.Min(space.Length, wanted), bytes.Length - start);
            bytes.AsSpan(start, count).CopyTo(space);
            reader.Advance(count);
            start += count;
            while (reader.TryRead(out Frame frame))
            {
                frames.Add($"{frame.Stream} {(byte)frame.Type} {frame.Flags} {Convert.ToHexString(frame.Data)}");
            }
        }

        return frames;
    }
}

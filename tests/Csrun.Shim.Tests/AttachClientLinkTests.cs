using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Shim.Attach;
using Csrun.Shim.Logs;

namespace Csrun.Shim.Tests;

/// <summary>What a client is told that was too slow for what the container wrote.</summary>
public sealed class AttachClientLinkTests
{
    [Fact]
    public void A_client_whose_queue_is_full_is_told_of_the_gap_and_of_the_end()
    {
        using EventLoop loop = new();
        KernelException.Check(
            Kernel.socketpair(Kernel.SOCK_STREAM | Kernel.O_NONBLOCK, out int ours, out int theirs), "socketpair");
        using Fd client = new(theirs);
        AttachClientLink link = new(loop, new ContainerInput(loop, default, StdinMode.Null, false), static _ => { });
        link.Open(ours);
        link.Greet();
        ulong lost = Fill(link, 32768) + Fill(link, 1);

        link.End(7);

        List<(byte Kind, byte[] Content)> frames = ReadUntilEnd(loop, client.Number);
        frames[0].Kind.Should().Be(AttachFrame.Hello);
        frames[^2].Kind.Should().Be(AttachFrame.Lost);
        BinaryPrimitives.ReadUInt64LittleEndian(frames[^2].Content).Should().Be(lost);
        BinaryPrimitives.ReadInt32LittleEndian(frames[^1].Content).Should().Be(7);
        link.Close();
    }

    /// <summary>Shows pieces until there is no room; how many bytes of the gap that is.</summary>
    private static ulong Fill(AttachClientLink link, int size)
    {
        byte[] text = new byte[size];
        ulong lost = 0;
        while (lost == 0)
        {
            lost = (ulong)link.Show(LogStream.Output, text);
        }

        return size == 1 ? lost : 0;
    }

    private static List<(byte Kind, byte[] Content)> ReadUntilEnd(EventLoop loop, int client)
    {
        List<(byte Kind, byte[] Content)> frames = [];
        byte[] received = new byte[4 << 20];
        int length = 0;
        int start = 0;
        int tries = 0;
        LoopTimer look = null!;
        look = new LoopTimer(() =>
        {
            length += Math.Max(0, Kernel.read(client, received.AsSpan(length)));
            while (AttachFrame.TryRead(received.AsSpan(start, length - start), out byte kind, out var content, out _))
            {
                frames.Add((kind, content.ToArray()));
                start += AttachFrame.HeaderSize + content.Length;
            }

            if (frames is [.., (AttachFrame.Exit, _)] || ++tries > 2000)
            {
                loop.Stop();
            }

            loop.Set(look, 1);
        });
        loop.Set(look, 1);
        loop.Run();
        frames[^1].Kind.Should().Be(AttachFrame.Exit);
        return frames;
    }
}

using System;
using Csrun.Shim.Attach;
using Csrun.Shim.Logs;

namespace Csrun.Shim;

/// <summary>
/// Takes what the container writes: to the log, and to those who are attached. Keeps account of what is lost.
/// </summary>
internal sealed class ShimOutput
{
    /// <summary>The bytes before the text that <see cref="Take"/> may use.</summary>
    public const int Room = 3;

    private readonly LogFile _log;
    private readonly AttachServer _attached;
    private readonly StatusFile _status;
    private readonly bool _keepsCharactersWhole;
    private readonly byte[][] _tails = [new byte[Room], new byte[Room]];
    private readonly int[] _tailLengths = new int[2];
    private bool _blocks;

    public ShimOutput(LogFile log, AttachServer attached, StatusFile status, ShimOptions options)
    {
        _log = log;
        _attached = attached;
        _status = status;
        _blocks = options.BlocksWhenFull;
        _keepsCharactersWhole = options.Format == LogFormat.JsonFile;
    }

    /// <summary>From now on what cannot be written is dropped: the container is being removed.</summary>
    public void GiveUpBlocking()
    {
        _blocks = false;
    }

    /// <summary>Takes what was read.</summary>
    /// <param name="stream">Whose it is.</param>
    /// <param name="buffer">The text, with <see cref="Room"/> bytes before it.</param>
    /// <returns>
    /// How many bytes of the text it took: all, unless the log cannot be written and the container is to wait.
    /// </returns>
    public int Take(LogStream stream, Span<byte> buffer)
    {
        byte[] tail = _tails[(int)stream];
        int before = _tailLengths[(int)stream];
        tail.AsSpan(0, before).CopyTo(buffer[(Room - before)..]);
        Span<byte> text = buffer[(Room - before)..];
        int left = _keepsCharactersWhole ? Utf8Tail.Length(text) : 0;
        ReadOnlySpan<byte> rest = text[..^left];
        Log(stream, ref rest);
        int written = text.Length - left - rest.Length;
        if (rest.IsEmpty)
        {
            text[^left..].CopyTo(tail);
            _tailLengths[(int)stream] = left;
            written += left;
        }
        else if (written > 0)
        {
            _tailLengths[(int)stream] = 0;
        }

        int taken = Math.Max(0, written - before);
        _attached.Show(stream, buffer.Slice(Room, taken));
        return taken;
    }

    /// <summary>Writes what was kept of a character that was never completed.</summary>
    public void Finish(LogStream stream)
    {
        int length = _tailLengths[(int)stream];
        _tailLengths[(int)stream] = 0;
        ReadOnlySpan<byte> rest = _tails[(int)stream].AsSpan(0, length);
        Log(stream, ref rest);
    }

    /// <summary>Opens the log anew by its name.</summary>
    public void Reopen()
    {
        _ = _log.Reopen();
    }

    /// <summary>Writes to the log. What is dropped is counted, what is to wait is left in the text.</summary>
    private void Log(LogStream stream, ref ReadOnlySpan<byte> text)
    {
        int error = text.IsEmpty ? 0 : -_log.Append(stream, ref text);
        bool isNew = error != _status.Now.LogError;
        _status.Now.LogError = error;
        if (!text.IsEmpty && !_blocks)
        {
            ref ulong lost = ref stream == LogStream.Output ? ref _status.Now.LostOutput : ref _status.Now.LostError;
            lost += (ulong)text.Length;
            text = default;
            isNew = true;
        }

        if (isNew)
        {
            _status.Save();
        }
    }
}

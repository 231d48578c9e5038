using System;
using Csrun.Shim.Attach;
using Csrun.Shim.Logs;

namespace Csrun.Shim;

/// <summary>Takes what the container writes: to the log, and to those who are attached. Keeps account of what is lost.</summary>
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
    /// <returns>False where the log cannot be written and the container is to wait: nothing has been taken.</returns>
    public bool Take(LogStream stream, Span<byte> buffer)
    {
        byte[] tail = _tails[(int)stream];
        int before = _tailLengths[(int)stream];
        tail.AsSpan(0, before).CopyTo(buffer[(Room - before)..]);
        Span<byte> text = buffer[(Room - before)..];
        int left = _keepsCharactersWhole ? Utf8Tail.Length(text) : 0;
        if (!Log(stream, text[..^left]))
        {
            return false;
        }

        text[^left..].CopyTo(tail);
        _tailLengths[(int)stream] = left;
        _attached.Show(stream, buffer[Room..]);
        return true;
    }

    /// <summary>Writes what was kept of a character that was never completed.</summary>
    public void Finish(LogStream stream)
    {
        int length = _tailLengths[(int)stream];
        _tailLengths[(int)stream] = 0;
        _ = length == 0 || Log(stream, _tails[(int)stream].AsSpan(0, length));
    }

    /// <summary>Opens the log anew by its name.</summary>
    public void Reopen()
    {
        _log.Reopen();
    }

    private bool Log(LogStream stream, ReadOnlySpan<byte> text)
    {
        int error = text.IsEmpty ? 0 : -_log.Append(stream, text);
        if (error != _status.Now.LogError)
        {
            _status.Now.LogError = error;
            _status.Save();
        }

        if (error == 0)
        {
            return true;
        }

        if (_blocks)
        {
            return false;
        }

        ref ulong lost = ref stream == LogStream.Output ? ref _status.Now.LostOutput : ref _status.Now.LostError;
        lost += (ulong)text.Length;
        _status.Save();
        return true;
    }
}

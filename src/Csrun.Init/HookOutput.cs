using System;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>The end of what a hook writes: however much it is, the last 4 KiB are kept.</summary>
internal sealed class HookOutput
{
    private const int Kept = 4096;
    private const int Capacity = 3 * Kept;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>Reads once; false at the end.</summary>
    public bool Read(int fd)
    {
        if (_bytes.Length == 0)
        {
            _bytes = new byte[Capacity];
        }

        if (_length > Capacity - Kept)
        {
            _bytes.AsSpan(_length - Kept, Kept).CopyTo(_bytes);
            _length = Kept;
        }

        int count = Kernel.read(fd, _bytes.AsSpan(_length));
        _length += Math.Max(count, 0);
        return count > 0;
    }

    /// <summary>Takes what is in the pipe, without waiting for processes that the hook left behind.</summary>
    public void Drain(int fd)
    {
        const int MostReads = 64;

        // One that writes without end may have been left behind.
        for (int i = 0; i < MostReads && Kernel.CanRead(fd) && Read(fd); i++)
        {
        }
    }

    /// <summary>The end of it as text, without newlines behind.</summary>
    public string Text()
    {
        int start = Math.Max(_length - Kept, 0);
        return Utf8.ToText(_bytes.AsSpan(start, _length - start).TrimEnd((byte)'\n'));
    }
}

using System;
using System.Buffers.Binary;

namespace Csrun.Linux;

/// <summary>
/// Walks a directory's entries (getdents64(2)), without <c>.</c> and <c>..</c>, in the kernel's order.
/// </summary>
public ref struct DirectoryEntries
{
    private const int NameOffset = 19;

    private readonly int _fd;
    private readonly Span<byte> _buffer;
    private int _length;
    private int _next;

    /// <summary>Walks the directory behind <paramref name="fd"/>, which was opened for reading.</summary>
    /// <param name="fd">The directory.</param>
    /// <param name="buffer">Scratch space, at least 280 bytes.</param>
    public DirectoryEntries(int fd, Span<byte> buffer)
    {
        _fd = fd;
        _buffer = buffer;
    }

    /// <summary>The entry's name with its NUL; overwritten by the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The entry's DT_* type; DT_UNKNOWN (0) where the file system does not tell.</summary>
    public byte Type { get; private set; }

    /// <summary>The error that ended the walk, or zero.</summary>
    public Errno Error { get; private set; }

    /// <summary>DT_DIR of dirent.h.</summary>
    public const byte Directory = 4;

    /// <summary>Goes to the next entry; false at the end or at an error.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (_next >= _length)
            {
                _length = Kernel.getdents64(_fd, _buffer);
                _next = 0;
                if (_length <= 0)
                {
                    Error = (Errno)(-_length);
                    _length = 0;
                    return false;
                }
            }

            Span<byte> record = _buffer[_next..];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
            _next += size;
            ReadOnlySpan<byte> name = record[NameOffset..size];
            Name = name[..(name.IndexOf((byte)0) + 1)];
            Type = record[18];
            if (!Name.SequenceEqual(".\0"u8) && !Name.SequenceEqual("..\0"u8))
            {
                return true;
            }
        }
    }
}

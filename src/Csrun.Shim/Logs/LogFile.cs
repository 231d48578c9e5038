using System;
using Csrun.Linux;

namespace Csrun.Shim.Logs;

/// <summary>
/// The file that a shim writes, and its older ones beside it: NAME.1 is the last one that was full, NAME.2 the one
/// before. What is written is whole or not there: a write that fails half-way is taken back.
/// </summary>
/// <remarks>
/// The directory is opened once and names are opened in it without following links, regular files of our own with one
/// name only: where a container can write to that directory it cannot lead the log elsewhere.
/// </remarks>
public sealed class LogFile : IDisposable
{
    private const uint Mode = 0x1A0; // 0640

    private readonly int _directory;
    private readonly byte[] _name;
    private readonly LogFormatter _formatter;
    private readonly long _maxSize;
    private readonly int _maxFiles;
    private Fd _file;
    private long _size;
    private long _rotateAt;

    private LogFile(int directory, byte[] name, ShimOptions options)
    {
        _directory = directory;
        _name = name;
        _formatter = new LogFormatter(options.Format);
        _maxSize = options.MaxSize;
        _rotateAt = options.MaxSize;
        _maxFiles = options.MaxFiles;
    }

    /// <summary>Opens the log for appending; made where it is not there.</summary>
    /// <param name="directory">Its directory; taken over.</param>
    /// <param name="name">Its name with NUL.</param>
    /// <param name="options">Form and limits.</param>
    /// <exception cref="KernelException">It cannot be opened, or is something that must not be written to.</exception>
    public static LogFile Open(Fd directory, ReadOnlySpan<byte> name, ShimOptions options)
    {
        LogFile log = new(directory.Number, name.ToArray(), options);
        try
        {
            log._file = OpenFile(directory.Number, log._name, out log._size);
            return log;
        }
        catch (KernelException)
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The name of a file of the log with NUL; 0 is the one that is written.</summary>
    public static byte[] NameOf(ReadOnlySpan<byte> name, int index)
    {
        if (index == 0)
        {
            return name.ToArray();
        }

        Span<byte> digits = stackalloc byte[11];
        _ = index.TryFormat(digits, out int length);
        return [.. name[..^1], (byte)'.', .. digits[..length], 0];
    }

    /// <summary>Appends text of a stream.</summary>
    /// <param name="stream">Whose it is.</param>
    /// <param name="text">The text; what could not be written stays in it.</param>
    /// <returns>Zero, or the negated errno of the write that failed.</returns>
    public int Append(LogStream stream, ref ReadOnlySpan<byte> text)
    {
        _formatter.SetTime(DateTime.UtcNow);
        ReadOnlySpan<byte> rest = text;
        while (_formatter.Next(stream, ref rest))
        {
            if (_maxSize > 0 && _size >= _rotateAt)
            {
                RotateIfFull();
            }

            int result = Write(_formatter.Written);
            if (result < 0)
            {
                return result;
            }

            _size += _formatter.Written.Length;
            text = rest;
        }

        return 0;
    }

    /// <summary>
    /// Opens the file anew by its name: somebody has moved the old one away. Where that fails the old one stays.
    /// </summary>
    /// <returns>Whether it was opened.</returns>
    public bool Reopen()
    {
        try
        {
            Fd file = OpenFile(_directory, _name, out long size);
            _file.Dispose();
            _file = file;
            _size = size;
            _rotateAt = _maxSize;
            return true;
        }
        catch (KernelException)
        {
            // The old file still takes what comes.
            return false;
        }
    }

    /// <summary>Closes the file and its directory.</summary>
    public void Dispose()
    {
        _file.Dispose();
        Kernel.close(_directory);
    }

    /// <summary>Appends all of it, or nothing.</summary>
    private int Write(ReadOnlySpan<byte> lines)
    {
        int done = 0;
        while (done < lines.Length)
        {
            int written = Kernel.write(_file.Number, lines[done..]);
            if (written < 0)
            {
                // By what is there now: somebody else may have cut the file, or written to it.
                long size = SizeOf(_file.Number);
                if (done > 0 && size >= done)
                {
                    _ = Kernel.ftruncate(_file.Number, size - done);
                }

                return written;
            }

            done += written;
        }

        return 0;
    }

    private static long SizeOf(int file)
    {
        _ = Kernel.statx(
            file, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        return (long)info.stx_size;
    }

    private static Fd OpenFile(int directory, ReadOnlySpan<byte> name, out long size)
    {
        int flags = Kernel.O_WRONLY | Kernel.O_APPEND | Kernel.O_CREAT | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK
            | Kernel.O_CLOEXEC;
        Fd file = new(KernelException.Check(
            Kernel.openat(directory, name, flags, Mode), "open the log", name, "--shim-log"));
        _ = Kernel.statx(
            file.Number, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        bool isOurs = ((uint)info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFREG && info.stx_nlink == 1
            && info.stx_uid == Kernel.geteuid();
        if (!isOurs)
        {
            file.Dispose();
            throw new KernelException(
                "open the log", Utf8.ToText(name), Errno.EPERM, "--shim-log",
                "it must be a regular file of csrun's user with one name only");
        }

        if (((uint)info.stx_mode & ~Kernel.S_IFMT) != Mode)
        {
            _ = Kernel.fchmod(file.Number, Mode);
        }

        size = (long)info.stx_size;
        return file;
    }

    private void RotateIfFull()
    {
        _size = SizeOf(_file.Number);
        if (_size >= _rotateAt && !Rotate())
        {
            // Tried again after as much more: whoever is in the way may be so on purpose.
            _rotateAt = _size + _maxSize;
        }
    }

    /// <summary>
    /// Moves each file one place on, the last one over the edge. What cannot be moved is written on: opened anew by a
    /// name that it kept, it would be full again at once.
    /// </summary>
    private bool Rotate()
    {
        if (_maxFiles <= 1)
        {
            bool isEmpty = Kernel.ftruncate(_file.Number, 0) == 0;
            _size = isEmpty ? 0 : _size;
            return isEmpty;
        }

        int moved = 0;
        for (int i = _maxFiles - 1; i > 0; i--)
        {
            moved = Kernel.renameat2(_directory, NameOf(_name, i - 1), _directory, NameOf(_name, i), 0);
        }

        return (moved == 0 || moved == -(int)Errno.ENOENT) && Reopen();
    }
}

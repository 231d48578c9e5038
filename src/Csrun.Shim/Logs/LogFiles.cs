using System;
using Csrun.Linux;

namespace Csrun.Shim.Logs;

/// <summary>The files of a log, for who reads it: in the order of their age, and on from one to the next.</summary>
public sealed class LogFiles : IDisposable
{
    private readonly Fd _directory;
    private readonly byte[] _name;

    /// <summary>The files of a name in a directory, which is taken over.</summary>
    public LogFiles(Fd directory, byte[] name)
    {
        _directory = directory;
        _name = name;
    }

    /// <summary>The directory.</summary>
    public int Directory => _directory.Number;

    /// <summary>The number of the oldest file; 0 where there is only the one that is written.</summary>
    public int Oldest()
    {
        // While the files move on there is a gap of one among them.
        int oldest = 0;
        while (IsThere(oldest + 1) || IsThere(oldest + 2))
        {
            oldest++;
        }

        return oldest;
    }

    /// <summary>Opens a file; null where it is not there.</summary>
    public LogLines? Open(int index)
    {
        int flags = Kernel.O_RDONLY | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC;
        int file = Kernel.openat(_directory.Number, LogFile.NameOf(_name, index), flags);
        return file < 0 ? null : new LogLines(new Fd(file));
    }

    /// <summary>
    /// Which number an open file has by now; -1 where it has been removed, or is just getting another number.
    /// </summary>
    public int IndexOf(LogLines lines)
    {
        (ulong, uint, uint) identity = Identity(lines.Descriptor, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH);
        int oldest = Oldest();
        for (int i = 0; i <= oldest; i++)
        {
            if (Identity(_directory.Number, LogFile.NameOf(_name, i), Kernel.AT_SYMLINK_NOFOLLOW) == identity)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>
    /// Opens the file that was begun after another one; where that one has been removed, the oldest there is. Files may
    /// move on meanwhile, so what was opened is compared with where it stands after that.
    /// </summary>
    public LogLines? OpenAfter(LogLines lines)
    {
        const int Tries = 50;
        for (int i = 0; i < Tries; i++)
        {
            int index = IndexOf(lines);
            if (index > 0)
            {
                LogLines? next = Open(index - 1);
                if (next is not null && IndexOf(next) == index - 1 && IndexOf(lines) == index)
                {
                    return next;
                }

                next?.Dispose();
            }

            _ = Kernel.poll([], 1);
        }

        return Open(Oldest());
    }

    /// <summary>Closes the directory.</summary>
    public void Dispose()
    {
        _directory.Dispose();
    }

    private bool IsThere(int index)
    {
        return Kernel.faccessat(_directory.Number, LogFile.NameOf(_name, index), 0, 0) == 0;
    }

    private static (ulong Inode, uint Major, uint Minor) Identity(int directory, ReadOnlySpan<byte> path, int flags)
    {
        _ = Kernel.statx(directory, path, flags, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        return (info.stx_ino, info.stx_dev_major, info.stx_dev_minor);
    }
}

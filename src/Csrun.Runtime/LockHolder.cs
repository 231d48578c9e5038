using System;
using System.Buffers.Text;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>The process that has the lock of a container's directory, from /proc/locks (proc_locks(5)).</summary>
internal static class LockHolder
{
    private const int MaxLocks = 16 << 20;
    private const int MaxCommandLine = 2 << 20;
    private const int EndLimitMilliseconds = 10_000;

    private static ReadOnlySpan<string> Creates => new[] { "create", "run", "restore" };
    private static ReadOnlySpan<string> Known => new[] { "create", "run", "restore", "checkpoint", "delete", "kill" };

    /// <summary>
    /// Tells it to end where it is a create, and waits for that: it then takes back what it did, however long its hooks
    /// want to go on. One that does not end in ten seconds is killed.
    /// </summary>
    /// <returns>Whether there was one to be seen from this pid namespace.</returns>
    /// <exception cref="RuntimeException">It hangs in the kernel.</exception>
    public static bool EndCreate(int directory)
    {
        return End(directory, "create", Creates);
    }

    /// <summary>The same with a checkpoint: the container goes on then.</summary>
    /// <returns>Whether there was one to be seen from this pid namespace.</returns>
    /// <exception cref="RuntimeException">It hangs in the kernel.</exception>
    public static bool EndCheckpoint(int directory)
    {
        return End(directory, "checkpoint", ["checkpoint"]);
    }

    private static bool End(int directory, string what, ReadOnlySpan<string> commands)
    {
        int pid = Find(directory);
        using Fd process = new(pid <= 0 ? -1 : Kernel.pidfd_open(pid));

        // Still the holder: then the descriptor is of that process, not of a later one with its number.
        if (!process.IsOpen || !IsOneOf(pid, commands) || Find(directory) != pid)
        {
            return false;
        }

        _ = Kernel.pidfd_send_signal(process.Number, Kernel.SIGTERM);
        Span<pollfd> entry = stackalloc pollfd[1];
        entry[0].fd = process.Number;
        entry[0].events = Kernel.POLLIN;
        if (Kernel.poll(entry, EndLimitMilliseconds) == 0)
        {
            _ = Kernel.pidfd_send_signal(process.Number, Kernel.SIGKILL);
            if (Kernel.poll(entry, EndLimitMilliseconds) == 0)
            {
                throw new RuntimeException(
                    "its " + what + ", process " + pid + ", does not end even when killed: what it waits for hangs");
            }
        }

        return true;
    }

    /// <summary>
    /// By its command line: a delete may have the lock too, over what a killed create left. Its id may be "run", but it
    /// has the word delete before it.
    /// </summary>
    private static bool IsOneOf(int pid, ReadOnlySpan<string> commands)
    {
        byte[] path = Utf8.Terminated("/proc/" + pid + "/cmdline");
        using Fd file = new(Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        int length = 0;
        byte[]? content = file.IsOpen ? FileContent.Read(file.Number, MaxCommandLine, out length) : null;
        ReadOnlySpan<byte> words = content.AsSpan(0, length);
        foreach (Range word in words.Split((byte)0))
        {
            string command = Utf8.ToText(words[word]);
            if (Known.Contains(command))
            {
                return commands.Contains(command);
            }
        }

        return false;
    }

    /// <summary>Lines such as <c>3: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF</c>; 0 where there is none.</summary>
    private static int Find(int directory)
    {
        using Fd file = new(Kernel.openat(Kernel.AT_FDCWD, "/proc/locks\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        int length = 0;
        byte[]? content = file.IsOpen ? FileContent.Read(file.Number, MaxLocks, out length) : null;
        if (content is null
            || Kernel.statx(
                directory, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out statx info) < 0)
        {
            return 0;
        }

        string place = info.stx_dev_major.ToString("x2") + ":" + info.stx_dev_minor.ToString("x2") + ":" + info.stx_ino;
        ReadOnlySpan<byte> locked = Utf8.Terminated(place).AsSpan()[..^1];
        ReadOnlySpan<byte> lines = content.AsSpan(0, length);
        foreach (Range line in lines.Split((byte)'\n'))
        {
            int pid = Pid(lines[line], locked);
            if (pid > 0)
            {
                return pid;
            }
        }

        return 0;
    }

    private static int Pid(ReadOnlySpan<byte> line, ReadOnlySpan<byte> place)
    {
        int pid = 0;
        int field = 0;
        bool isFlock = false;
        foreach (Range range in line.Split((byte)' '))
        {
            ReadOnlySpan<byte> word = line[range];
            if (word.IsEmpty)
            {
                continue;
            }

            // A waiter's line has an arrow where the holder's has its kind.
            isFlock |= field == 1 && word.SequenceEqual("FLOCK"u8);
            if (field == 4)
            {
                _ = Utf8Parser.TryParse(word, out pid, out _);
            }

            if (field == 5 && isFlock && word.SequenceEqual(place))
            {
                return pid;
            }

            field++;
        }

        return 0;
    }
}

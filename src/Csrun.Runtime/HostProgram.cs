using System;
using System.Collections.Generic;
using Csrun.Init;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>A program of the host that csrun asks for help: run to its end, its output kept.</summary>
public static unsafe class HostProgram
{
    private const int MaxOutput = 16 << 20;
    private const int LongestWait = 30_000;

    /// <summary>Runs it with nothing to read, output and errors in one.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">NAME=value entries.</param>
    /// <param name="output">What it wrote.</param>
    /// <returns>Its exit code as a shell shows it; one that does not end in 30 s is killed.</returns>
    /// <exception cref="KernelException">It could not be started.</exception>
    public static int Run(
        string path, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment, out string output)
    {
        KernelException.Check(Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe2");
        using Fd reading = new(readEnd);
        int pid;
        using (Fd input = new(Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC)))
        using (Fd end = new(writeEnd))
        {
            int result = Kernel.posix_spawn(
                NativeText.Copy(path), NativeText.Vector(arguments), NativeText.Vector(environment), -1,
                (input.Number, end.Number, end.Number), out pid);
            if (result < 0)
            {
                throw new KernelException("run", path, (Errno)(-result));
            }
        }

        output = ReadAll(reading.Number, pid);
        KernelException.Check(
            Kernel.waitid(Kernel.P_PID, pid, Kernel.WEXITED, out Kernel.ExitInfo ended), "waitid");
        return ended.ShellStatus;
    }

    /// <summary>The first of these directories that has the program, with its name; null where none has.</summary>
    public static string? Find(string name, string path)
    {
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string file = directory + "/" + name;
            if (Kernel.faccessat(Kernel.AT_FDCWD, Utf8.Terminated(file), 1, 0) == 0)
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>Until its end of file; a program that hangs is not waited for for ever.</summary>
    private static string ReadAll(int fd, int pid)
    {
        byte[] content = new byte[65536];
        int length = 0;
        long deadline = Environment.TickCount64 + LongestWait;
        Span<pollfd> entry = stackalloc pollfd[1];
        while (true)
        {
            entry[0] = new pollfd { fd = fd, events = Kernel.POLLIN };
            int left = (int)long.Max(0, deadline - Environment.TickCount64);
            if (Kernel.poll(entry, left) <= 0 || length >= MaxOutput)
            {
                _ = Kernel.kill(pid, Kernel.SIGKILL);
                return Utf8.ToText(content.AsSpan(0, length));
            }

            int read = Kernel.read(fd, content.AsSpan(length));
            if (read <= 0)
            {
                return Utf8.ToText(content.AsSpan(0, length));
            }

            length += read;
            if (length == content.Length)
            {
                Array.Resize(ref content, content.Length * 2);
            }
        }
    }
}

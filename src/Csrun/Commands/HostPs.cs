using System;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Startup;
using Tmds.Linux;

namespace Csrun.Commands;

/// <summary>The host's ps(1), which knows more of processes than a runtime needs to.</summary>
internal static unsafe class HostPs
{
    private const int MaxOutput = 16 << 20;
    private const int LongestWait = 30_000;

    /// <summary>What it prints.</summary>
    /// <param name="options">Its options; without any <c>-ef</c>.</param>
    /// <exception cref="RuntimeException">There is no ps(1), or it does not like the options.</exception>
    public static string Run(byte[][] options)
    {
        byte[][] arguments = options.Length == 0 ? ["ps"u8.ToArray(), "-ef"u8.ToArray()] : ["ps"u8.ToArray(), .. options];
        string path = Find();
        KernelException.Check(Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe2");
        using Fd output = new(readEnd);
        int pid;
        using (Fd input = new(Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC)))
        using (Fd end = new(writeEnd))
        {
            int result = Kernel.posix_spawn(
                NativeText.Copy(path), NativeText.Vector(arguments), NativeText.Vector(ProcessEntry.Environment()), -1,
                (input.Number, end.Number, end.Number), out pid);
            if (result < 0)
            {
                throw new KernelException("run", path, (Errno)(-result));
            }
        }

        string text = ReadAll(output.Number, pid);
        KernelException.Check(
            Kernel.waitid(Kernel.P_PID, pid, Kernel.WEXITED, out Kernel.ExitInfo ended), "waitid");
        return ended.ShellStatus == 0
            ? text
            : throw new RuntimeException($"ps ended with exit code {ended.ShellStatus}: {text.TrimEnd('\n')}");
    }

    /// <summary>Until its end of file; a ps that hangs on a stuck process is not waited for for ever.</summary>
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

    private static string Find()
    {
        string path = CommandContext.EnvironmentValue("PATH="u8) ?? "/usr/bin:/bin";
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string file = directory + "/ps";
            if (Kernel.faccessat(Kernel.AT_FDCWD, Utf8.Terminated(file), 1, 0) == 0)
            {
                return file;
            }
        }

        throw new RuntimeException("exec: \"ps\": executable file not found in $PATH");
    }
}

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Csrun.Testing;

/// <summary>Runs any program to its end, with a hard limit of time.</summary>
public static unsafe class Programs
{
    /// <summary>Whether this is root: what the suites that run the binary need.</summary>
    public static bool IsRoot => Libc.geteuid() == 0;

    /// <summary>Runs a program found on the usual paths, and expects it to succeed.</summary>
    public static RunResult Run(string program, params string[] arguments)
    {
        return Run(new RunOptions(), program, arguments).Ok();
    }

    /// <summary>Runs a program; what it answers is the caller's business.</summary>
    /// <exception cref="TimeoutException">It did not end in time, and was killed with its process group.</exception>
    public static RunResult Run(RunOptions options, string program, params string[] arguments)
    {
        return Run(options, program, [.. arguments.Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>The same for arguments that need not be UTF-8.</summary>
    public static RunResult Run(RunOptions options, string program, IReadOnlyList<byte[]> arguments)
    {
        List<byte[]> command = [Encoding.UTF8.GetBytes(program), .. arguments];
        if (options.Uid is uint uid)
        {
            string id = uid.ToString(CultureInfo.InvariantCulture);
            string[] setpriv = ["setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--inh-caps=-all", "--"];
            command = [.. setpriv.Select(Encoding.UTF8.GetBytes), Encoding.UTF8.GetBytes(Find(program)), .. arguments];
        }

        using Pipe input = new();
        using Pipe ownOut = new();
        using Pipe ownError = new();
        Pipe output = options.Stdout ?? ownOut;
        Pipe error = options.Stderr ?? ownError;
        List<FdMove> descriptors =
            [new(options.StdinFd ?? input.ReadEnd.Number, 0), new(output.WriteEnd.Number, 1),
                new(error.WriteEnd.Number, 2)];
        descriptors.AddRange(options.ExtraFds.Select((fd, i) => new FdMove(fd, i + 3)));

        int pid;
        Stopwatch clock = Stopwatch.StartNew();
        using (SpawnPlan plan = new(
            Find(Encoding.UTF8.GetString(command[0])), command, options.Environment, descriptors,
            options.WorkingDirectory))
        {
            pid = plan.Start();
        }

        input.ReadEnd.Dispose();
        output.WriteEnd.Dispose();
        error.WriteEnd.Dispose();
        bool inTime = Attend(pid, input, options.Stdin, output, error, options.TimeLimit);
        if (!inTime)
        {
            _ = Libc.kill(-pid, Libc.SIGKILL);
        }

        int status = SpawnPlan.Wait(pid, out ResourceUsage usage);
        TimeSpan elapsed = clock.Elapsed;
        bool ended = TakeRest(options.Stdout, output) & TakeRest(options.Stderr, error);
        string line = string.Join(' ', command.Select(Encoding.UTF8.GetString));
        return inTime
            ? new RunResult(line, pid, SpawnPlan.ExitCode(status), output.Text, error.Text, ended, elapsed, usage)
            : throw new TimeoutException(
                $"{line} ran for over {options.TimeLimit}\nstdout: {output.Text}\nstderr: {error.Text}");
    }

    /// <summary>The path of a program, as a shell would find it.</summary>
    public static string Find(string program)
    {
        return TryFind(program)
            ?? throw new FileNotFoundException($"{program} is not installed: run make test, which installs it");
    }

    /// <summary>Like <see cref="Find"/>, null where it is absent.</summary>
    public static string? TryFind(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return program;
        }

        string[] directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        return directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }

    // Where the container goes on after the command, what it writes later is for the test to read.
    private static bool TakeRest(Pipe? ofTest, Pipe pipe)
    {
        return pipe.ReadToEnd(TimeSpan.FromMilliseconds(ofTest is null ? 500 : 0)) || ofTest is not null;
    }

    private static bool Attend(int pid, Pipe input, byte[] stdin, Pipe output, Pipe error, TimeSpan limit)
    {
        using OwnedFd process = OpenPid(pid);
        _ = Libc.fcntl(input.WriteEnd.Number, Libc.F_SETFL, Libc.O_NONBLOCK);
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        int written = 0;
        Span<Libc.PollFd> polls = stackalloc Libc.PollFd[4];
        while (true)
        {
            if (written == stdin.Length)
            {
                input.WriteEnd.Dispose();
            }

            polls[0] = new Libc.PollFd { Fd = process.Number, Events = Libc.POLLIN };
            polls[1] = new Libc.PollFd { Fd = output.Ended ? -1 : output.ReadEnd.Number, Events = Libc.POLLIN };
            polls[2] = new Libc.PollFd { Fd = error.Ended ? -1 : error.ReadEnd.Number, Events = Libc.POLLIN };
            polls[3] = new Libc.PollFd { Fd = input.WriteEnd.Number, Events = Libc.POLLOUT };
            long left = end - Environment.TickCount64;
            fixed (Libc.PollFd* fds = polls)
            {
                if (left <= 0 || (Libc.poll(fds, 4, (int)left) < 0 && Marshal.GetLastPInvokeError() != Libc.EINTR))
                {
                    return false;
                }
            }

            _ = polls[1].Returned != 0 && output.ReadOnce();
            _ = polls[2].Returned != 0 && error.ReadOnce();
            written = polls[3].Returned == 0 ? written : Feed(input, stdin, written);
            if (polls[0].Returned != 0)
            {
                return true;
            }
        }
    }

    // A reader that is gone takes nothing more; the test sees that in the program's answer.
    private static int Feed(Pipe input, byte[] stdin, int written)
    {
        fixed (byte* bytes = stdin)
        {
            nint count = Libc.write(input.WriteEnd.Number, bytes + written, (nuint)(stdin.Length - written));
            return count >= 0 ? written + (int)count : stdin.Length;
        }
    }

    private static OwnedFd OpenPid(int pid)
    {
        nint fd = Libc.syscall(Libc.SYS_pidfd_open, pid, 0);
        return fd >= 0 ? new OwnedFd((int)fd) : throw new Win32Exception(Marshal.GetLastPInvokeError(), "pidfd_open");
    }
}

using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Mono.Unix.Native;

namespace Csrun.ShimCommands.Tests;

/// <summary>The terminal that a person sits at: this side is the keyboard and the screen.</summary>
public sealed unsafe partial class PseudoTerminal : IDisposable
{
    private const nuint TIOCSWINSZ = 0x5414;
    private const nuint TIOCSPTLCK = 0x40045431;
    private const nuint TIOCGPTPEER = 0x5441;

    private readonly OwnedFd _master;
    private readonly StringBuilder _seen = new();

    public PseudoTerminal(ushort rows, ushort columns)
    {
        const int ReadWrite = 2;
        const int NoControl = 0x100;
        const int CloseOnExec = 0x80000;
        _master = new OwnedFd(Check(Syscall.open("/dev/ptmx", (OpenFlags)(ReadWrite | NoControl | CloseOnExec))));
        int unlocked = 0;
        Check(ioctl(_master.Number, TIOCSPTLCK, (nint)(&unlocked)));
        Other = new OwnedFd(Check(ioctl(_master.Number, TIOCGPTPEER, ReadWrite | NoControl | CloseOnExec)));
        Resize(rows, columns);
    }

    /// <summary>The program's side.</summary>
    public OwnedFd Other { get; }

    /// <summary>All that was shown so far.</summary>
    public string Text => _seen.ToString();

    public void Type(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            Check((int)Syscall.write(_master.Number, start, (ulong)bytes.Length));
        }
    }

    public void Resize(ushort rows, ushort columns)
    {
        ushort* size = stackalloc ushort[4] { rows, columns, 0, 0 };
        Check(ioctl(_master.Number, TIOCSWINSZ, (nint)size));
    }

    /// <summary>Waits for a text on the screen.</summary>
    public void Await(string text)
    {
        long end = Environment.TickCount64 + 10_000;
        byte* buffer = stackalloc byte[4096];
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            Pollfd[] poll = [new Pollfd { fd = _master.Number, events = PollEvents.POLLIN }];
            long left = end - Environment.TickCount64;
            bool isThere = left > 0 && Syscall.poll(poll, 1, (int)left) > 0;
            long count = isThere ? Syscall.read(_master.Number, buffer, 4096) : -1;
            if (count <= 0)
            {
                throw new TimeoutException($"'{text}' did not come; so far: {Text}");
            }

            _ = _seen.Append(Encoding.UTF8.GetString(buffer, (int)count));
        }
    }

    public void Dispose()
    {
        _master.Dispose();
        Other.Dispose();
    }

    private static int Check(int result)
    {
        return result >= 0 ? result : throw new Win32Exception();
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ioctl(int fd, nuint request, nint argument);
}

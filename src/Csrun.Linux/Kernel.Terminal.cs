using System;

namespace Csrun.Linux;

/// <summary>Terminals and pseudo-terminals (ioctl_tty(2), pty(7)).</summary>
public static unsafe partial class Kernel
{
    private const ulong TCGETS = 0x5401;
    private const ulong TCSETS = 0x5402;
    private const ulong TIOCSCTTY = 0x540E;
    private const ulong TIOCGWINSZ = 0x5413;
    private const ulong TIOCSWINSZ = 0x5414;
    private const ulong TIOCGPTN = 0x80045430;
    private const ulong TIOCSPTLCK = 0x40045431;
    private const ulong TIOCGPTPEER = 0x5441;

    /// <summary>The size of the kernel's struct termios.</summary>
    public const int TermiosSize = 36;

    /// <summary>Makes the terminal the controlling one of this session.</summary>
    public static int tty_make_controlling(int fd)
    {
        return ioctl(fd, TIOCSCTTY, 0L);
    }

    /// <summary>The rows and columns of a terminal.</summary>
    public static int tty_get_size(int fd, out ushort rows, out ushort columns)
    {
        ushort* size = stackalloc ushort[4];
        int result = ioctl(fd, TIOCGWINSZ, size);
        rows = size[0];
        columns = size[1];
        return result;
    }

    /// <summary>Sets the rows and columns of a terminal.</summary>
    public static int tty_set_size(int fd, ushort rows, ushort columns)
    {
        ushort* size = stackalloc ushort[4] { rows, columns, 0, 0 };
        return ioctl(fd, TIOCSWINSZ, size);
    }

    /// <summary>Unlocks the other end of a pseudo-terminal.</summary>
    public static int pty_unlock(int master)
    {
        int unlocked = 0;
        return ioctl(master, TIOCSPTLCK, &unlocked);
    }

    /// <summary>Opens the other end of a pseudo-terminal itself, not by its name; close-on-exec.</summary>
    public static int pty_open_peer(int master)
    {
        return ioctl(master, TIOCGPTPEER, (long)(O_RDWR | O_NOCTTY | O_CLOEXEC));
    }

    /// <summary>The number of a pseudo-terminal: N of /dev/pts/N.</summary>
    public static int pty_number(int master)
    {
        int number;
        int result = ioctl(master, TIOCGPTN, &number);
        return result < 0 ? result : number;
    }

    /// <summary>Reads a terminal's settings; a negated errno (ENOTTY) where the fd is none.</summary>
    public static int tty_get_settings(int fd, Span<byte> termios)
    {
        fixed (byte* t = termios)
        {
            return ioctl(fd, TCGETS, t);
        }
    }

    /// <summary>Sets a terminal's settings.</summary>
    public static int tty_set_settings(int fd, ReadOnlySpan<byte> termios)
    {
        fixed (byte* t = termios)
        {
            return ioctl(fd, TCSETS, t);
        }
    }

    /// <summary>Turns settings into raw ones (cfmakeraw(3)): every byte as it is, at once.</summary>
    public static void MakeRaw(Span<byte> termios)
    {
        const uint InputOff = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;
        const uint OutputOff = 0x1;
        const uint ControlOff = 0x30 | 0x100;
        const uint ControlOn = 0x30;
        const uint LocalOff = 0x1 | 0x2 | 0x8 | 0x40 | 0x8000;
        const int Time = 17 + 5;
        const int Minimum = 17 + 6;
        fixed (byte* t = termios)
        {
            uint* flags = (uint*)t;
            flags[0] &= ~InputOff;
            flags[1] &= ~OutputOff;
            flags[2] = (flags[2] & ~ControlOff) | ControlOn;
            flags[3] &= ~LocalOff;
            t[Time] = 0;
            t[Minimum] = 1;
        }
    }
}

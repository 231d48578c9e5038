using System;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// The container's root made / without pivot_root, which the kernel refuses where / is its first ramdisk (--no-pivot):
/// moved onto / and entered with chroot. The ramdisk stays below, but all that is mounted on it goes away.
/// </summary>
/// <remarks>
/// A process with CAP_SYS_ADMIN can uncover what is below; detached, the host's file systems are not there to find.
/// </remarks>
[SuppressMessage(
    "ApiDesign", "RS0030", Justification = "RootMount without pivot_root: it lets go of what is on the old root")]
internal static class RootMove
{
    private const int UMOUNT_NOFOLLOW = 8;

    /// <summary>Enters the attached root. The mount namespace is the container's own.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static void Enter(ContainerRoot root, ProcFs proc)
    {
        using Fd old = new(KernelException.Check(
            HostPath.Open("/\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY), "open", "/"u8));
        ReadOnlySpan<byte> table = ReadTable(proc);
        KernelException.Check(Kernel.move_mount(root.Descriptor, old.Number), "move the root to", "/"u8, "root.path");
        KernelException.Check(Kernel.fchdir(old.Number), "fchdir", "the old root"u8);
        DetachMountsOnRoot(table);
        RootMount.ChangeRoot(root.Descriptor);
    }

    /// <summary>Those that lie on / itself; what lies on them goes with them.</summary>
    private static void DetachMountsOnRoot(ReadOnlySpan<byte> table)
    {
        int rootId = -1;
        foreach (MountLine line in new MountLines(table))
        {
            rootId = line.Place.SequenceEqual("/"u8) ? line.Id : rootId;
        }

        foreach (MountLine line in new MountLines(table))
        {
            if (line.Parent == rootId && line.Id != rootId && line.Place.Length > 1)
            {
                Detach(line);
            }
        }
    }

    private static void Detach(MountLine line)
    {
        byte[] place = new byte[line.Place.Length];
        int length = Unescape(line.Place[1..], place);
        ReadOnlySpan<byte> path = place.AsSpan(0, length + 1);
        bool detached = false;
        while (Kernel.umount2(path, Kernel.MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        {
            detached = true;
        }

        // In a user namespace the host's mounts are locked. A visible procfs or sysfs would let the container mount
        // another one without the masks of this.
        if (!detached && line.IsProcOrSys)
        {
            KernelException.Check(
                Kernel.mount("tmpfs\0"u8, path, "tmpfs\0"u8, Kernel.MS_RDONLY, default),
                "cover the host's", path[..length]);
        }
    }

    /// <summary>Blanks and backslashes are \ooo in the table (proc_pid_mountinfo(5)).</summary>
    private static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> plain)
    {
        int length = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == (byte)'\\' && i + 3 < escaped.Length)
            {
                plain[length++] =
                    (byte)(((escaped[i + 1] - '0') << 6) | ((escaped[i + 2] - '0') << 3) | (escaped[i + 3] - '0'));
                i += 3;
            }
            else
            {
                plain[length++] = escaped[i];
            }
        }

        plain[length] = 0;
        return length;
    }

    private static ReadOnlySpan<byte> ReadTable(ProcFs proc)
    {
        using Fd file = new(
            KernelException.Check(proc.OpenForReading("self/mountinfo\0"u8), "open", "/proc/self/mountinfo"u8));
        byte[] table = new byte[65536];
        int length = 0;
        while (true)
        {
            int read = KernelException.Check(
                Kernel.read(file.Number, table.AsSpan(length)), "read", "/proc/self/mountinfo"u8);
            if (read == 0)
            {
                return table.AsSpan(0, length);
            }

            length += read;
            if (length == table.Length)
            {
                Array.Resize(ref table, table.Length * 2);
            }
        }
    }

    /// <summary>One line of mountinfo.</summary>
    private readonly ref struct MountLine
    {
        public MountLine(ReadOnlySpan<byte> line)
        {
            _ = Utf8Parser.TryParse(Field(line, 0), out int id, out _);
            _ = Utf8Parser.TryParse(Field(line, 1), out int parent, out _);
            Id = id;
            Parent = parent;
            Place = Field(line, 4);
            int divider = line.IndexOf(" - "u8);
            ReadOnlySpan<byte> type = divider < 0 ? default : Field(line[(divider + 3)..], 0);
            IsProcOrSys = type.SequenceEqual("proc"u8) || type.SequenceEqual("sysfs"u8);
        }

        public int Id { get; }

        public int Parent { get; }

        public ReadOnlySpan<byte> Place { get; }

        public bool IsProcOrSys { get; }

        private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
        {
            for (; index > 0; index--)
            {
                line = line[(line.IndexOf((byte)' ') + 1)..];
            }

            int end = line.IndexOf((byte)' ');
            return end < 0 ? line : line[..end];
        }
    }

    /// <summary>Goes through the lines of mountinfo.</summary>
    private ref struct MountLines
    {
        private ReadOnlySpan<byte> _rest;
        private ReadOnlySpan<byte> _line;

        public MountLines(ReadOnlySpan<byte> table)
        {
            _rest = table;
        }

        public readonly MountLine Current => new(_line);

        public readonly MountLines GetEnumerator() => this;

        public bool MoveNext()
        {
            int end = _rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                return false;
            }

            _line = _rest[..end];
            _rest = _rest[(end + 1)..];
            return true;
        }
    }
}

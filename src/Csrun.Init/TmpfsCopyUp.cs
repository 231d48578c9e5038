using System;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>Copies what lies at a place into the tmpfs that will cover it (mount option tmpcopyup).</summary>
internal static class TmpfsCopyUp
{
    private const int BufferSize = 32768;

    /// <summary>Copies directories, files and symbolic links with mode and owner; other kinds are left out.</summary>
    /// <param name="from">An O_PATH descriptor of the directory that will be covered.</param>
    /// <param name="to">The detached tmpfs.</param>
    /// <param name="place">Where config.json asks for it.</param>
    public static void Copy(int from, int to, string place)
    {
        using Fd source = new(Check(
            Kernel.openat(from, ".\0"u8, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open", "."u8, place));
        using Fd target = new(Check(
            Kernel.openat(to, ".\0"u8, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC), "open", "."u8, place));
        CopyDirectory(source.Number, target.Number, place);
    }

    private static void CopyDirectory(int from, int to, string place)
    {
        byte[] buffer = new byte[BufferSize];
        DirectoryEntries entries = new(from, buffer);
        while (entries.MoveNext())
        {
            CopyEntry(from, to, entries.Name.ToArray(), place);
        }

        Check(-(int)entries.Error, "read directory", default, place);
    }

    private static void CopyEntry(int from, int to, byte[] name, string place)
    {
        Check(
            Kernel.statx(from, name, Kernel.AT_SYMLINK_NOFOLLOW, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info),
            "stat", name, place);
        uint mode = (uint)info.stx_mode;
        switch (mode & Kernel.S_IFMT)
        {
            case Kernel.S_IFDIR:
                Check(Kernel.mkdirat(to, name, mode & 0xFFF), "mkdir", name, place);
                using (Fd source = new(Check(Kernel.openat(from, name, DirectoryFlags), "open", name, place)))
                using (Fd target = new(Check(Kernel.openat(to, name, DirectoryFlags), "open", name, place)))
                {
                    CopyDirectory(source.Number, target.Number, place);
                    KeepOwner(target.Number, info, mode);
                }

                break;
            case Kernel.S_IFREG:
                CopyFile(from, to, name, info, place);
                break;
            case Kernel.S_IFLNK:
                CopyLink(from, to, name, info, place);
                break;
            default:
                break;
        }
    }

    private static int DirectoryFlags => Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC;

    private static void CopyFile(int from, int to, byte[] name, in Tmds.Linux.statx info, string place)
    {
        using Fd source = new(Check(
            Kernel.openat(from, name, Kernel.O_RDONLY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC), "open", name, place));
        using Fd target = new(Check(
            Kernel.openat(
                to, name,
                Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_EXCL | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC, 0x180),
            "create", name, place));
        byte[] buffer = new byte[BufferSize];
        int length;
        while ((length = Check(Kernel.read(source.Number, buffer), "read", name, place)) > 0)
        {
            Check(Kernel.WriteAll(target.Number, buffer.AsSpan(0, length)), "write", name, place);
        }

        KeepOwner(target.Number, info, (uint)info.stx_mode);
    }

    private static void CopyLink(int from, int to, byte[] name, in Tmds.Linux.statx info, string place)
    {
        byte[] target = new byte[4097];
        int length = Check(Kernel.readlinkat(from, name, target.AsSpan(0, 4096)), "readlink", name, place);
        Check(Kernel.symlinkat(target.AsSpan(0, length + 1), to, name), "symlink", name, place);
        _ = Kernel.fchownat(to, name, info.stx_uid, info.stx_gid, Kernel.AT_SYMLINK_NOFOLLOW);
    }

    private static void KeepOwner(int fd, in Tmds.Linux.statx info, uint mode)
    {
        _ = Kernel.fchown(fd, info.stx_uid, info.stx_gid);
        _ = Kernel.fchmod(fd, mode & 0xFFF);
    }

    private static int Check(int result, string operation, ReadOnlySpan<byte> name, string place)
    {
        return KernelException.Check(result, operation, name, place);
    }
}

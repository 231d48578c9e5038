using Csrun.Linux;

namespace Csrun.Init;

/// <summary>Standard input, output and error as the program's user needs them.</summary>
internal static class StandardStreams
{
    private const uint Unchanged = uint.MaxValue;

    /// <summary>
    /// Gives pipes, sockets and terminals to the program's user, who may open /dev/stdout anew. A null device is left
    /// alone: it may be the host's (runc 1.1.5 and crun 1.8.1 change that one's owner).
    /// </summary>
    public static void GiveTo(uint uid)
    {
        for (int fd = 0; fd < 3; fd++)
        {
            if (Kernel.statx(
                fd, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info) < 0)
            {
                continue;
            }

            bool isNull = ((uint)info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFCHR && info.stx_rdev_major == 1
                && info.stx_rdev_minor == 3;
            if (!isNull && info.stx_uid != uid)
            {
                // Streams on read-only or foreign file systems stay as they are; writing to them works all the same.
                _ = Kernel.fchown(fd, uid, Unchanged);
            }
        }
    }
}

using Mono.Unix.Native;

namespace Csrun.Testing;

/// <summary>The host's /dev/null: as a standard stream Debian's runtimes give it to the container's user.</summary>
public static class HostNull
{
    /// <summary>Makes it root's again, for everybody to use: after each command of Debian's runtimes.</summary>
    public static void PutBack()
    {
        _ = Syscall.chown("/dev/null", 0, 0);
        _ = Syscall.chmod("/dev/null", FilePermissions.DEFFILEMODE);
    }
}

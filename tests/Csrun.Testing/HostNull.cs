using Mono.Unix.Native;

namespace Csrun.Testing;

/// <summary>The host's /dev/null, which Debian's runtimes give to the container's user when it is a standard stream.</summary>
public static class HostNull
{
    /// <summary>Makes it root's again, for everybody to use: after each command of Debian's runtimes.</summary>
    public static void PutBack()
    {
        _ = Syscall.chown("/dev/null", 0, 0);
        _ = Syscall.chmod("/dev/null", FilePermissions.DEFFILEMODE);
    }
}

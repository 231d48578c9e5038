namespace Csrun.Spec;

/// <summary>
/// How a program tells that it is ready (sd_notify(3)): a socket in a directory of the host's that is mounted at
/// /run/notify, as runc has it.
/// </summary>
public static class NotifyMount
{
    /// <summary>The socket's name in the directory.</summary>
    public const string SocketName = "notify.sock";

    /// <summary>The directory's place in the container.</summary>
    public const string Destination = "/run/notify";

    /// <summary>The variable that tells the program.</summary>
    internal const string Variable = "NOTIFY_SOCKET=" + Destination + "/" + SocketName;

    /// <summary>The mount: read-only, since a program sends to the socket and must not replace it.</summary>
    /// <param name="directory">On the host, absolute.</param>
    internal static MountPlan Of(string directory)
    {
        const ulong Attributes = 0xF; // MOUNT_ATTR_RDONLY | NOSUID | NODEV | NOEXEC
        return new MountPlan
        {
            Place = "NOTIFY_SOCKET",
            Kind = MountKind.Bind,
            Destination = Destination,
            Source = directory,
            Type = string.Empty,
            Recursive = false,
            SetAttributes = Attributes,
            ClearAttributes = 0,
            RecursiveSetAttributes = 0,
            RecursiveClearAttributes = 0,
            Propagation = [],
            SuperblockFlags = [],
            Data = [],
            CopyUp = false,
        };
    }
}

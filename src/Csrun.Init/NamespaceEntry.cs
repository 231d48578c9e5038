using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// Joins the namespaces that config.json names by path; pid and user were joined before this process was cloned.
/// </summary>
internal static class NamespaceEntry
{
    public static void Join(NamespacePlan namespaces)
    {
        foreach (NamespaceJoin join in namespaces.Join)
        {
            if (join.Type is not (NamespaceType.Pid or NamespaceType.User))
            {
                Enter(join);
            }
        }
    }

    /// <summary>Joins one.</summary>
    /// <exception cref="KernelException">It is none of that type, or not to be joined from here.</exception>
    public static void Enter(NamespaceJoin join)
    {
        byte[] path = Utf8.Terminated(join.Path);
        int fd = KernelException.Check(
            HostPath.Open(path, Kernel.O_RDONLY | Kernel.O_NONBLOCK), "open", path, join.Place);
        int joined = Kernel.setns(fd, (ulong)join.Type);
        Kernel.close(fd);
        if (joined < 0)
        {
            throw new KernelException(
                "setns", join.Path, (Errno)(-joined), join.Place,
                joined == -(int)Errno.EINVAL
                    ? "the file is a namespace of another type, or none, or the caller's own"
                    : null);
        }
    }
}

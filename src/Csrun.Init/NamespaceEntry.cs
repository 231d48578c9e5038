using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>Joins the namespaces that config.json names by path, all but pid, which the parent joined before the clone.</summary>
internal static class NamespaceEntry
{
    public static void Join(NamespacePlan namespaces)
    {
        foreach (NamespaceJoin join in namespaces.Join)
        {
            if (join.Type == NamespaceType.Pid)
            {
                continue;
            }

            byte[] path = Utf8.Terminated(join.Path);
            int fd = KernelException.Check(
                HostPath.Open(path, Kernel.O_RDONLY), "open", path, join.Place);
            int joined = Kernel.setns(fd, (ulong)join.Type);
            Kernel.close(fd);
            if (joined < 0)
            {
                throw new KernelException(
                    "setns", join.Path, (Errno)(-joined), join.Place,
                    joined == -(int)Errno.EINVAL ? "the file is a namespace of another type, or none" : null);
            }
        }
    }
}

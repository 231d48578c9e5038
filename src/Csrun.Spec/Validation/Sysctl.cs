using System;

namespace Csrun.Spec;

/// <summary>
/// Kernel parameters by name. Only those that belong to a namespace may be set, else a container would set the host's.
/// Source: sysctl(8); runc and crun take the same list.
/// </summary>
public static class Sysctl
{
    /// <summary>
    /// The file below /proc/sys. In a name the separator is a dot; where a slash comes first it is the slash, and dots
    /// and slashes change places: net.ipv4.conf.eth0/1.forwarding is net/ipv4/conf/eth0.1/forwarding.
    /// </summary>
    public static string PathOf(string name)
    {
        int separator = name.AsSpan().IndexOfAny('.', '/');
        return separator < 0 || name[separator] == '/'
            ? name
            : string.Create(name.Length, name, static (path, from) =>
            {
                for (int i = 0; i < path.Length; i++)
                {
                    path[i] = from[i] switch
                    {
                        '.' => '/',
                        '/' => '.',
                        char c => c,
                    };
                }
            });
    }

    /// <summary>The namespace a parameter belongs to.</summary>
    /// <param name="path">The file below /proc/sys.</param>
    /// <param name="type">The type of namespace whose members see the value.</param>
    /// <returns>False when the parameter is the host's, or the path leaves the tree.</returns>
    public static bool TryFindNamespace(ReadOnlySpan<char> path, out NamespaceType type)
    {
        type = default;
        foreach (Range component in path.Split('/'))
        {
            if (path[component] is "" or "." or "..")
            {
                return false;
            }
        }

        switch (path)
        {
            case "kernel/msgmax" or "kernel/msgmnb" or "kernel/msgmni" or "kernel/sem" or "kernel/shmall"
                or "kernel/shmmax" or "kernel/shmmni" or "kernel/shm_rmid_forced":
                type = NamespaceType.Ipc;
                return true;
            case "kernel/domainname":
                type = NamespaceType.Uts;
                return true;
        }

        if (path.StartsWith("fs/mqueue/"))
        {
            type = NamespaceType.Ipc;
            return true;
        }

        if (path.StartsWith("net/"))
        {
            type = NamespaceType.Network;
            return true;
        }

        type = NamespaceType.User;
        return path.StartsWith("user/");
    }
}

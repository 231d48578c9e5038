using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>Limits, ids and capabilities of the program, put on in the order in which none hinders the next.</summary>
internal static class Credentials
{
    private const int LastCapability = 63;

    public static void Apply(ProcessPlan process)
    {
        SetLimits(process);
        CapabilitySets? sets = process.Capabilities;
        if (sets is not null)
        {
            DropBounding(sets.Bounding);
            KernelException.Check(Kernel.prctl(Kernel.PR_SET_KEEPCAPS, 1), "prctl", "PR_SET_KEEPCAPS"u8);
        }

        SetIds(process);
        if (sets is not null)
        {
            SetCapabilities(sets);
        }

        if (process.NoNewPrivileges)
        {
            KernelException.Check(
                Kernel.prctl(Kernel.PR_SET_NO_NEW_PRIVS, 1), "prctl", "PR_SET_NO_NEW_PRIVS"u8,
                "process.noNewPrivileges");
        }

        _ = Kernel.umask(process.Umask);
    }

    private static void SetLimits(ProcessPlan process)
    {
        foreach (RlimitPlan limit in process.Rlimits)
        {
            int result = Kernel.setrlimit(limit.Resource, limit.Soft, limit.Hard);
            if (result < 0)
            {
                string operation = result == -(int)Errno.EPERM
                    ? "raise without CAP_SYS_RESOURCE the hard limit of"
                    : "setrlimit";
                throw new KernelException(operation, limit.Name, (Errno)(-result), limit.Place);
            }
        }
    }

    private static void DropBounding(ulong keep)
    {
        for (int capability = 0; capability <= LastCapability; capability++)
        {
            if ((keep >> capability & 1) == 0
                && Kernel.prctl(Kernel.PR_CAPBSET_DROP, (ulong)capability) == -(int)Errno.EINVAL)
            {
                // The kernel knows no capability of this number, and none above it.
                return;
            }
        }
    }

    private static void SetIds(ProcessPlan process)
    {
        if (!process.KeepsGroups)
        {
            SetGroups(process.AdditionalGids);
        }

        KernelException.Check(Kernel.setresgid(process.Gid), "setresgid", default, "process.user.gid");
        KernelException.Check(Kernel.setresuid(process.Uid), "setresuid", default, "process.user.uid");
    }

    /// <summary>
    /// Drops the caller's groups where it may, before a user namespace is joined that may deny it (user_namespaces(7)):
    /// root's would go on to open files in there.
    /// </summary>
    internal static void DropGroups(ProcessPlan? process)
    {
        if (process is not { KeepsGroups: true })
        {
            _ = Kernel.setgroups([]);
        }
    }

    /// <summary>
    /// A user namespace may deny the call altogether (user_namespaces(7)): then the groups stay that a caller without
    /// privileges could not drop either. A process that may not set groups for want of the capability must not go on
    /// with its own.
    /// </summary>
    private static void SetGroups(IReadOnlyList<uint> ids)
    {
        const ulong CAP_SETGID = 1 << 6;
        uint[] groups = [.. ids];
        int result = Kernel.setgroups(groups);
        if (result >= 0)
        {
            return;
        }

        _ = Kernel.capget(out ulong effective, out _, out _);
        bool isDenied = result == -(int)Errno.EPERM && (effective & CAP_SETGID) != 0;
        if (!isDenied || groups.Length != 0)
        {
            throw new KernelException(
                "setgroups", string.Empty, (Errno)(-result), "process.user.additionalGids",
                isDenied ? "the user namespace denies it (/proc/self/setgroups): no groups can be given in it" : null);
        }
    }

    private static void SetCapabilities(CapabilitySets sets)
    {
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_KEEPCAPS, 0), "prctl", "PR_SET_KEEPCAPS"u8);

        // What this process does not have it cannot give.
        _ = Kernel.capget(out _, out ulong permitted, out _);
        KernelException.Check(
            Kernel.capset(sets.Effective & permitted, sets.Permitted & permitted, sets.Inheritable & permitted),
            "capset", default, "process.capabilities");
        RaiseAmbient(sets.Ambient & sets.Inheritable & sets.Permitted & permitted);
    }

    /// <summary>
    /// What is not permitted and inheritable as well cannot be ambient (capabilities(7)); runc too goes on without it,
    /// and its own default configuration asks for such ones.
    /// </summary>
    private static void RaiseAmbient(ulong set)
    {
        _ = Kernel.prctl(Kernel.PR_CAP_AMBIENT, Kernel.PR_CAP_AMBIENT_CLEAR_ALL);
        for (int capability = 0; set >> capability != 0; capability++)
        {
            if ((set >> capability & 1) != 0)
            {
                KernelException.Check(
                    Kernel.prctl(Kernel.PR_CAP_AMBIENT, Kernel.PR_CAP_AMBIENT_RAISE, (ulong)capability),
                    "raise ambient capability", default, "process.capabilities.ambient");
            }
        }
    }
}

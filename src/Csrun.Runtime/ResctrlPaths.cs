using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>Where a container is in the resource control file system (linux.intelRdt).</summary>
/// <param name="Group">The directory of its control group.</param>
/// <param name="Monitor">Its own monitoring group, with enableMonitoring; else null. It goes with the
/// container.</param>
/// <param name="IsOurs">Whether the control group was made for this container alone, and goes with it.</param>
public sealed record ResctrlPaths(string Group, string? Monitor, bool IsOurs)
{
    /// <summary>Works them out; looks, and makes nothing.</summary>
    /// <param name="root">The mounted file system.</param>
    /// <param name="rdt">What config.json asks for.</param>
    /// <param name="id">The container's id, the name of what is its own.</param>
    internal static ResctrlPaths Of(string root, LinuxIntelRdt rdt, string id)
    {
        string group = rdt.ClosId is "/" ? root : root + "/" + (string.IsNullOrEmpty(rdt.ClosId) ? id : rdt.ClosId);
        bool isOurs = string.IsNullOrEmpty(rdt.ClosId) && !ResctrlGroup.Exists(group);
        return new ResctrlPaths(group, rdt.EnableMonitoring ? group + "/mon_groups/" + id : null, isOurs);
    }
}

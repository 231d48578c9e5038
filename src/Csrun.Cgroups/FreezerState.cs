namespace Csrun.Cgroups;

/// <summary>Whether a cgroup's processes are stopped by its freezer.</summary>
public enum FreezerState
{
    /// <summary>They run, or are stopped by a cgroup above only.</summary>
    Thawed,

    /// <summary>They are on the way.</summary>
    Freezing,

    /// <summary>All are stopped.</summary>
    Frozen,
}

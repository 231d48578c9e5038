namespace Csrun.ContainerdShim.Tests;

/// <summary>A fact about a host whose memory controller is one of cgroup version 1; elsewhere it is skipped.</summary>
[System.AttributeUsage(System.AttributeTargets.Method)]
public sealed class LegacyCgroupFactAttribute : FactAttribute
{
    public LegacyCgroupFactAttribute()
    {
        Skip = Needs.Root ?? Needs.Files("/sys/fs/cgroup/memory/memory.oom_control");
    }
}

using System.IO;

namespace Csrun.ContainerdShim.Tests;

/// <summary>A fact about a host whose memory controller is one of cgroup version 1; elsewhere it is skipped.</summary>
[System.AttributeUsage(System.AttributeTargets.Method)]
public sealed class LegacyCgroupFactAttribute : FactAttribute
{
    public LegacyCgroupFactAttribute()
    {
        if (!Programs.IsRoot)
        {
            Skip = "needs root";
        }
        else if (!Directory.Exists("/sys/fs/cgroup/memory"))
        {
            Skip = "needs cgroup version 1";
        }
    }
}

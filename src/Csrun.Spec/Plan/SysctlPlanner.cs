using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>linux.sysctl as files below /proc/sys, in the order of config.json.</summary>
internal static class SysctlPlanner
{
    public static List<SysctlPlan> Plan(Dictionary<string, string> sysctl)
    {
        List<SysctlPlan> plans = new(sysctl.Count);
        foreach ((string name, string value) in sysctl)
        {
            plans.Add(new SysctlPlan(Sysctl.PathOf(name), value, $"linux.sysctl[{Message.Quote(name)}]"));
        }

        return plans;
    }
}

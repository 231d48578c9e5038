using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>process, with names turned into the kernel's numbers.</summary>
public static class ProcessPlanner
{
    /// <summary>Plans a valid process.</summary>
    /// <param name="process">The process, from config.json or exec's process.json.</param>
    /// <param name="defaultUmask">The umask where user.umask is absent.</param>
    public static ProcessPlan Plan(Process process, uint defaultUmask)
    {
        User user = process.User ?? new User();
        return new ProcessPlan
        {
            Arguments = process.Args ?? [],
            Environment = LastOfEachName(process.Env ?? []),
            WorkingDirectory = process.Cwd ?? "/",
            Uid = user.Uid ?? 0,
            Gid = user.Gid ?? 0,
            AdditionalGids = user.AdditionalGids ?? [],
            Umask = user.Umask ?? defaultUmask,
            Capabilities = process.Capabilities is null ? null : Sets(process.Capabilities),
            Rlimits = Limits(process.Rlimits ?? []),
            NoNewPrivileges = process.NoNewPrivileges,
            OomScoreAdj = process.OomScoreAdj,
            Terminal = process.Terminal,
            ConsoleSize = process.ConsoleSize,
        };
    }

    /// <summary>Of several entries for one name the last counts, in the place of the first.</summary>
    private static List<string> LastOfEachName(string[] environment)
    {
        List<string> result = new(environment.Length);
        Dictionary<string, int> places = new(environment.Length, StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = places.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string entry in environment)
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            ReadOnlySpan<char> name = equals < 0 ? entry : entry.AsSpan(0, equals);
            if (lookup.TryGetValue(name, out int place))
            {
                result[place] = entry;
            }
            else
            {
                lookup[name] = result.Count;
                result.Add(entry);
            }
        }

        return result;
    }

    private static CapabilitySets Sets(LinuxCapabilities capabilities)
    {
        return new CapabilitySets(
            Set(capabilities.Bounding),
            Set(capabilities.Effective),
            Set(capabilities.Permitted),
            Set(capabilities.Inheritable),
            Set(capabilities.Ambient));
    }

    /// <summary>Unknown names were warned of by the validation and add nothing.</summary>
    private static ulong Set(string[]? names)
    {
        ulong set = 0;
        foreach (string name in names ?? [])
        {
            if (CapabilityWords.TryParse(name, out Capability capability))
            {
                set |= 1UL << (int)capability;
            }
        }

        return set;
    }

    private static List<RlimitPlan> Limits(PosixRlimit[] limits)
    {
        List<RlimitPlan> plans = new(limits.Length);
        for (int i = 0; i < limits.Length; i++)
        {
            if (RlimitTypeWords.TryParse(limits[i].Type, out RlimitType type))
            {
                plans.Add(new RlimitPlan(
                    (int)type, limits[i].Type!, limits[i].Soft ?? 0, limits[i].Hard ?? 0, "process.rlimits[" + i + "]"));
            }
        }

        return plans;
    }
}

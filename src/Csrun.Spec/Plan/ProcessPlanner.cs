using System;
using System.Collections.Generic;
using System.Text;

namespace Csrun.Spec;

/// <summary>process, with names turned into the kernel's numbers.</summary>
public static class ProcessPlanner
{
    /// <summary>Plans a valid process.</summary>
    /// <param name="process">The process, from config.json or exec's process.json.</param>
    /// <param name="defaultUmask">The umask where user.umask is absent.</param>
    /// <param name="listenDescriptors">How many sockets of systemd's activation the program gets.</param>
    /// <param name="notifies">Whether there is a notify socket for it.</param>
    public static ProcessPlan Plan(
        Process process, uint defaultUmask, int listenDescriptors = 0, bool notifies = false)
    {
        User user = process.User ?? new User();
        string[] environment = WithActivation(process.Env ?? [], listenDescriptors);
        return new ProcessPlan
        {
            Arguments = process.Args ?? [],
            Environment = LastOfEachName(notifies ? [.. environment, NotifyMount.Variable] : environment),
            WorkingDirectory = process.Cwd ?? "/",
            Uid = user.Uid ?? 0,
            Gid = user.Gid ?? 0,
            AdditionalGids = user.AdditionalGids ?? [],
            Umask = user.Umask ?? defaultUmask,
            Capabilities = process.Capabilities is null ? null : Sets(process.Capabilities),
            Rlimits = Limits(process.Rlimits ?? []),
            NoNewPrivileges = process.NoNewPrivileges,
            ApparmorProfile = process.ApparmorProfile is { Length: > 0 } ? process.ApparmorProfile : null,
            SelinuxLabel = process.SelinuxLabel is { Length: > 0 } ? process.SelinuxLabel : null,
            OomScoreAdj = process.OomScoreAdj,
            Scheduler = AttributePlanner.Plan(process.Scheduler),
            IOPriority = AttributePlanner.Plan(process.IOPriority),
            InitialProcessors = AttributePlanner.Mask(process.ExecCpuAffinity?.Initial),
            FinalProcessors = AttributePlanner.Mask(process.ExecCpuAffinity?.Final),
            Terminal = process.Terminal,
            ConsoleSize = process.ConsoleSize,
        };
    }

    /// <summary>Texts as the kernel takes them, without NUL.</summary>
    public static byte[][] Bytes(IReadOnlyList<string> texts)
    {
        byte[][] bytes = new byte[texts.Count][];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Encoding.UTF8.GetBytes(texts[i]);
        }

        return bytes;
    }

    /// <summary>sd_listen_fds(3): the program is process 1 of its namespace and finds the sockets from 3 on.</summary>
    private static string[] WithActivation(string[] environment, int listenDescriptors)
    {
        return listenDescriptors == 0
            ? environment
            : [.. environment, "LISTEN_FDS=" + listenDescriptors, "LISTEN_PID=1"];
    }

    /// <summary>Of several entries for one name the last counts, in the place of the first.</summary>
    private static List<string> LastOfEachName(string[] environment)
    {
        List<string> result = new(environment.Length);
        Dictionary<string, int> places = new(environment.Length, new NameComparer());
        foreach (string entry in environment)
        {
            if (places.TryGetValue(entry, out int place))
            {
                result[place] = entry;
            }
            else
            {
                places[entry] = result.Count;
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
                    (int)type, limits[i].Type!, limits[i].Soft ?? 0, limits[i].Hard ?? 0,
                    "process.rlimits[" + i + "]"));
            }
        }

        return plans;
    }

    /// <summary>
    /// Entries are the same up to their equals sign. Not the string's own hash, whose seed opens /dev/urandom.
    /// </summary>
    private sealed class NameComparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y)
        {
            return Name(x).SequenceEqual(Name(y));
        }

        public int GetHashCode(string obj)
        {
            uint hash = 2166136261;
            foreach (char c in Name(obj))
            {
                hash = (hash ^ c) * 16777619;
            }

            return (int)hash;
        }

        private static ReadOnlySpan<char> Name(string? entry)
        {
            int equals = entry.AsSpan().IndexOf('=');
            return equals < 0 ? entry : entry.AsSpan(0, equals);
        }
    }
}

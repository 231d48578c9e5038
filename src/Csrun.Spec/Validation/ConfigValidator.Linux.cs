using System;

namespace Csrun.Spec;

/// <content>What only Linux has, but for resources and seccomp. Source: config-linux.md.</content>
public static partial class ConfigValidator
{
    private const long HighestMajor = 0xFFF; // dev_t: 12 bits, 20 bits
    private const long HighestMinor = 0xF_FFFF;

    private static void ValidateLinux(LinuxConfig linux, ref FaultList faults)
    {
        ValidateMappings(linux.UidMappings, "linux.uidMappings", ref faults);
        ValidateMappings(linux.GidMappings, "linux.gidMappings", ref faults);
        ValidateSysctl(linux, ref faults);
        ValidateCgroupsPath(linux.CgroupsPath, ref faults);
        if (linux.Resources is not null)
        {
            ValidateResources(linux.Resources, "linux.resources.", ref faults);
        }

        ValidateNamespaces(linux.Namespaces, ref faults);
        for (int i = 0; i < linux.Devices?.Length; i++)
        {
            ValidateDevice(linux.Devices[i], i, ref faults);
        }

        ValidateNetDevices(linux, ref faults);
        if (linux.Seccomp is not null)
        {
            ValidateSeccomp(linux.Seccomp, ref faults);
        }

        if (linux.RootfsPropagation is { Length: > 0 } propagation && !PropagationWords.TryParse(propagation, out _))
        {
            faults.Add("linux.rootfsPropagation", UnknownWord(propagation, PropagationWords.All()));
        }

        ValidateAbsolutePaths(linux.MaskedPaths, "linux.maskedPaths", ref faults);
        ValidateAbsolutePaths(linux.ReadonlyPaths, "linux.readonlyPaths", ref faults);
        ValidateIntelRdt(linux.IntelRdt, ref faults);
        ValidateMemoryPolicy(linux.MemoryPolicy, ref faults);
        ValidatePersonality(linux.Personality, ref faults);
        ValidateTimeOffsets(linux, ref faults);
    }

    private static void ValidateSysctl(LinuxConfig linux, ref FaultList faults)
    {
        if (linux.Sysctl is null)
        {
            return;
        }

        foreach (string name in linux.Sysctl.Keys)
        {
            if (name == "kernel.hostname")
            {
                faults.Add("linux.sysctl[\"kernel.hostname\"]", "expected hostname to be used instead");
            }
            else if (!Sysctl.TryFindNamespace(Sysctl.PathOf(name), out _))
            {
                faults.Add($"linux.sysctl[{Message.Quote(name)}]", "expected a parameter that belongs to a namespace");
            }
        }
    }

    /// <summary>A path that leaves the tree is declared invalid, as the specification lets a runtime do.</summary>
    private static void ValidateCgroupsPath(string? path, ref FaultList faults)
    {
        if (path is null)
        {
            return;
        }

        foreach (Range component in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[component] is "..")
            {
                faults.Add("linux.cgroupsPath", Message.Expected("a path without ..", path));
                return;
            }
        }
    }

    private static void ValidateNamespaces(LinuxNamespace[]? namespaces, ref FaultList faults)
    {
        NamespaceType seen = 0;
        for (int i = 0; i < namespaces?.Length; i++)
        {
            if (!NamespaceTypeWords.TryParse(namespaces[i].Type, out NamespaceType type))
            {
                faults.Add($"linux.namespaces[{i}].type", UnknownWord(namespaces[i].Type, NamespaceTypeWords.All()));
            }
            else if ((seen & type) != 0)
            {
                faults.Add(
                    $"linux.namespaces[{i}].type", Message.Quote(NamespaceTypeWords.Word(type)) + " given twice");
            }

            seen |= type;
            if (namespaces[i].Path is { Length: > 0 } path && !path.StartsWith('/'))
            {
                faults.Add($"linux.namespaces[{i}].path", Message.Expected("an absolute path", path));
            }
        }
    }

    private static void ValidateDevice(LinuxDevice device, int index, ref FaultList faults)
    {
        if (AbsolutePathFault(device.Path) is string path)
        {
            faults.Add($"linux.devices[{index}].path", path);
        }

        if (device.Type is not ("c" or "b" or "u" or "p"))
        {
            faults.Add($"linux.devices[{index}].type", UnknownWord(device.Type, ["c", "b", "u", "p"]));
        }
        else if (device.Type != "p")
        {
            // The kernel takes larger numbers and makes a different device of them.
            if (NumberFault(device.Major, HighestMajor) is string major)
            {
                faults.Add($"linux.devices[{index}].major", major);
            }

            if (NumberFault(device.Minor, HighestMinor) is string minor)
            {
                faults.Add($"linux.devices[{index}].minor", minor);
            }
        }

        if (device.Uid == NoId)
        {
            faults.Add($"linux.devices[{index}].uid", Message.Expected("0 to 4294967294", NoId));
        }

        if (device.Gid == NoId)
        {
            faults.Add($"linux.devices[{index}].gid", Message.Expected("0 to 4294967294", NoId));
        }
    }

    /// <summary>Faults of a number that must be there and lie between 0 and the highest.</summary>
    private static string? NumberFault(long? number, long highest)
    {
        if (number is null)
        {
            return Missing;
        }

        return number < 0 || number > highest ? Message.Expected($"0 to {highest}", number.Value) : null;
    }

    private static void ValidateNetDevices(LinuxConfig linux, ref FaultList faults)
    {
        if (linux.NetDevices is null)
        {
            return;
        }

        foreach ((string name, LinuxNetDevice device) in linux.NetDevices)
        {
            if (InterfaceNameFault(name) is string outside)
            {
                faults.Add($"linux.netDevices[{Message.Quote(name)}]", outside);
            }

            if (device.Name is { Length: > 0 } && InterfaceNameFault(device.Name) is string inside)
            {
                faults.Add($"linux.netDevices[{Message.Quote(name)}].name", inside);
            }
        }
    }

    private static void ValidateIntelRdt(LinuxIntelRdt? rdt, ref FaultList faults)
    {
        if (rdt is null)
        {
            return;
        }

        if (rdt.ClosId is "." or ".." || (rdt.ClosId is not "/" && rdt.ClosId?.Contains('/') == true))
        {
            faults.Add("linux.intelRdt.closID", Message.Expected("the name of a directory, or /", rdt.ClosId));
        }

        for (int i = 0; i < rdt.Schemata?.Length; i++)
        {
            if (rdt.Schemata[i].Contains('\n'))
            {
                faults.Add($"linux.intelRdt.schemata[{i}]", Message.Expected("one line", rdt.Schemata[i]));
            }
        }

        if (rdt.MemBwSchema is { Length: > 0 } memBw
            && (!memBw.StartsWith("MB:", StringComparison.Ordinal) || memBw.Contains('\n')))
        {
            faults.Add("linux.intelRdt.memBwSchema", Message.Expected("one line that begins with MB:", memBw));
        }
    }

    private static void ValidateMemoryPolicy(LinuxMemoryPolicy? policy, ref FaultList faults)
    {
        if (policy is null)
        {
            return;
        }

        MemoryPolicyFlag flags = 0;
        for (int i = 0; i < policy.Flags?.Length; i++)
        {
            if (!MemoryPolicyFlagWords.TryParse(policy.Flags[i], out MemoryPolicyFlag flag))
            {
                faults.Add(
                    $"linux.memoryPolicy.flags[{i}]", UnknownWord(policy.Flags[i], MemoryPolicyFlagWords.All()));
            }

            flags |= flag;
        }

        if (flags.HasFlag(MemoryPolicyFlag.MPOL_F_STATIC_NODES | MemoryPolicyFlag.MPOL_F_RELATIVE_NODES))
        {
            faults.Add(
                "linux.memoryPolicy.flags", "expected not both of MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES");
        }

        Span<ulong> nodes = stackalloc ulong[NumberList.MaskLength];
        if (!NumberList.TryFill(policy.Nodes, nodes))
        {
            faults.Add("linux.memoryPolicy.nodes", Message.Expected("a list like 0-3,7", policy.Nodes ?? ""));
        }
        else if (MemoryPolicyModeWords.TryParse(policy.Mode, out MemoryPolicyMode mode))
        {
            ValidateNodes(policy, mode, nodes.ContainsAnyExcept(0ul), ref faults);
        }
        else
        {
            faults.Add("linux.memoryPolicy.mode", UnknownWord(policy.Mode, MemoryPolicyModeWords.All()));
        }
    }

    private static void ValidateNodes(
        LinuxMemoryPolicy policy, MemoryPolicyMode mode, bool hasNodes, ref FaultList faults)
    {
        bool takesNone = mode is MemoryPolicyMode.MPOL_DEFAULT or MemoryPolicyMode.MPOL_LOCAL;
        if (takesNone && hasNodes)
        {
            faults.Add("linux.memoryPolicy.nodes", Message.Expected($"none with {policy.Mode}", policy.Nodes ?? ""));
        }
        else if (!takesNone && !hasNodes && mode != MemoryPolicyMode.MPOL_PREFERRED)
        {
            faults.Add("linux.memoryPolicy.nodes", $"expected at least one with {policy.Mode}, found none");
        }
    }

    private static void ValidatePersonality(LinuxPersonality? personality, ref FaultList faults)
    {
        if (personality is null)
        {
            return;
        }

        if (!PersonalityDomainWords.TryParse(personality.Domain, out _))
        {
            faults.Add("linux.personality.domain", UnknownWord(personality.Domain, PersonalityDomainWords.All()));
        }

        if (personality.Flags is { Length: > 0 } flags)
        {
            faults.Add("linux.personality.flags[0]", Message.Expected("no flag, as none is defined", flags[0]));
        }
    }

    private static void ValidateTimeOffsets(LinuxConfig linux, ref FaultList faults)
    {
        if (linux.TimeOffsets is null)
        {
            return;
        }

        foreach ((string clock, LinuxTimeOffset offset) in linux.TimeOffsets)
        {
            if (!TimeClockWords.TryParse(clock, out _))
            {
                faults.Add($"linux.timeOffsets[{Message.Quote(clock)}]", UnknownWord(clock, TimeClockWords.All()));
            }

            if (offset.Nanosecs > 999_999_999)
            {
                faults.Add(
                    $"linux.timeOffsets[{Message.Quote(clock)}].nanosecs",
                    Message.Expected("0 to 999999999", offset.Nanosecs));
            }
        }
    }
}

using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Csrun.Spec;

/// <summary>A plan for reading: what will be done, a line each, in the order it will be done.</summary>
public static class PlanText
{
    /// <summary>The plan as text, ended by a newline.</summary>
    public static string Print(Plan plan)
    {
        StringBuilder text = new();
        Line(text, "container", plan.Id);
        Line(text, "bundle", plan.Bundle);
        foreach (NamespaceJoin join in plan.Namespaces.Join)
        {
            Line(text, "join namespace", NamespaceTypeWords.Word(join.Type) + " " + join.Path);
        }

        foreach (NamespaceType type in (NamespaceType[])
            [
                NamespaceType.User, NamespaceType.Mount, NamespaceType.Pid, NamespaceType.Network, NamespaceType.Ipc,
                NamespaceType.Uts, NamespaceType.Cgroup, NamespaceType.Time,
            ])
        {
            if (plan.Namespaces.Makes(type))
            {
                Line(text, "new namespace", NamespaceTypeWords.Word(type));
            }
        }

        PrintMaps(text, "map uid", plan.Namespaces.UidMappings);
        PrintMaps(text, "map gid", plan.Namespaces.GidMappings);
        foreach (TimeOffsetPlan offset in plan.Namespaces.TimeOffsets)
        {
            Line(text, "clock", TimeClockWords.Word(offset.Clock) + " " + Offset(offset));
        }

        foreach (NetDevicePlan device in plan.NetDevices)
        {
            Line(text, "network device", device.Name + (device.NewName == device.Name ? "" : " as " + device.NewName));
        }

        Optional(text, "hostname", plan.Hostname);
        Optional(text, "domainname", plan.Domainname);
        foreach (SysctlPlan sysctl in plan.Sysctl)
        {
            Line(text, "sysctl", sysctl.File + " = " + sysctl.Value);
        }

        Line(text, "cgroup", plan.CgroupsPath ?? "/" + plan.Id + " below the caller's");
        Optional(text, "resctrl group", plan.IntelRdt is LinuxIntelRdt rdt ? Group(rdt, plan.Id) : null);
        Line(text, "root", plan.Root.Path + (plan.Root.Readonly ? " (read-only)" : string.Empty));
        foreach (MountPlan mount in plan.Mounts)
        {
            Line(text, "mount", Describe(mount));
        }

        foreach (DevicePlan device in plan.Devices)
        {
            Line(text, "device", device.Path + " " + Number(device.Major) + ":" + Number(device.Minor));
        }

        PrintHooks(text, HookKind.Prestart, plan.Hooks.Prestart);
        PrintHooks(text, HookKind.CreateRuntime, plan.Hooks.CreateRuntime);
        PrintHooks(text, HookKind.CreateContainer, plan.Hooks.CreateContainer);
        Paths(text, "read-only", plan.ReadonlyPaths);
        Paths(text, "masked", plan.MaskedPaths);
        Optional(text, "memory policy", plan.MemoryPolicy?.Name);
        if (plan.Personality is PersonalityDomain domain)
        {
            Line(text, "personality", PersonalityDomainWords.Word(domain));
        }

        if (plan.Seccomp is LinuxSeccomp seccomp)
        {
            Line(
                text, "seccomp",
                seccomp.DefaultAction + " but for " + Number((uint)(seccomp.Syscalls?.Length ?? 0)) + " rules");
        }

        if (plan.Process is ProcessPlan process)
        {
            PrintProcess(text, process, plan.Hooks);
        }

        PrintHooks(text, HookKind.Poststart, plan.Hooks.Poststart);
        PrintHooks(text, HookKind.Poststop, plan.Hooks.Poststop);
        return text.ToString();
    }

    private static void PrintProcess(StringBuilder text, ProcessPlan process, Hooks hooks)
    {
        foreach (RlimitPlan limit in process.Rlimits)
        {
            Line(text, "limit", limit.Name + " " + Limit(limit.Soft) + " of " + Limit(limit.Hard));
        }

        if (process.Scheduler is SchedulerPlan scheduler)
        {
            Line(text, "scheduler", SchedulerPolicyWords.Word(scheduler.Policy));
        }

        Optional(text, "io priority", process.IOPriority is int priority ? Describe(priority) : null);
        Line(text, "user", Number(process.Uid) + ":" + Number(process.Gid));
        if (process.Capabilities is CapabilitySets sets)
        {
            Line(text, "capabilities", "effective 0x" + sets.Effective.ToString("x", CultureInfo.InvariantCulture)
                + " bounding 0x" + sets.Bounding.ToString("x", CultureInfo.InvariantCulture));
        }

        if (process.NoNewPrivileges)
        {
            Line(text, "no new privileges", string.Empty);
        }

        Line(text, "directory", process.WorkingDirectory);
        PrintHooks(text, HookKind.StartContainer, hooks.StartContainer);
        Line(text, "execute", string.Join(' ', process.Arguments));
    }

    private static void PrintHooks(StringBuilder text, HookKind kind, Hook[]? hooks)
    {
        foreach (Hook hook in hooks ?? [])
        {
            Line(text, "hook", HookKindWords.Word(kind) + " " + hook.Path);
        }
    }

    private static string Group(LinuxIntelRdt rdt, string id)
    {
        return string.IsNullOrEmpty(rdt.ClosId) ? id : rdt.ClosId;
    }

    private static string Describe(MountPlan mount)
    {
        string kind = mount.Kind switch
        {
            MountKind.Bind => (mount.Recursive ? "rbind " : "bind ") + mount.Source,
            MountKind.Remount => "new options",
            _ => mount.Type,
        };
        string data = mount.Data.Count == 0 ? string.Empty : " (" + string.Join(',', mount.Data) + ")";
        return mount.Destination + ": " + kind + data + (mount.IsReadonly ? " read-only" : string.Empty)
            + (mount.IdMap is null ? string.Empty : " id-mapped");
    }

    private static string Describe(int priority)
    {
        const int ClassShift = 13;
        return IOPriorityClassWords.Word((IOPriorityClass)(priority >> ClassShift)) + " " + Number((uint)priority & 7);
    }

    private static string Offset(TimeOffsetPlan offset)
    {
        return string.Create(CultureInfo.InvariantCulture, $"{offset.Seconds:+0;-0;0} s {offset.Nanoseconds} ns");
    }

    private static void PrintMaps(StringBuilder text, string what, IReadOnlyList<LinuxIdMapping> mappings)
    {
        foreach (LinuxIdMapping mapping in mappings)
        {
            Line(
                text, what,
                Number(mapping.ContainerId ?? 0) + " -> " + Number(mapping.HostId ?? 0) + " ("
                    + Number(mapping.Size ?? 0) + ")");
        }
    }

    private static void Paths(StringBuilder text, string what, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            Line(text, what, path);
        }
    }

    private static void Optional(StringBuilder text, string what, string? value)
    {
        if (value is not null)
        {
            Line(text, what, value);
        }
    }

    private static string Limit(ulong value)
    {
        return value == ulong.MaxValue ? "unlimited" : value.ToString(CultureInfo.InvariantCulture);
    }

    private static string Number(uint value)
    {
        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static void Line(StringBuilder text, string what, string value)
    {
        const int Column = 18;
        text.Append(what.PadRight(Column)).Append(value).Append('\n');
    }
}

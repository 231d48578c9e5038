using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// Scheduling, I/O priority, processors, memory nodes and clocks: valid words become the kernel's numbers.
/// </summary>
internal static class AttributePlanner
{
    private const int IOPriorityClassShift = 13; // linux/ioprio.h

    public static SchedulerPlan? Plan(Scheduler? scheduler)
    {
        if (scheduler is null || !SchedulerPolicyWords.TryParse(scheduler.Policy, out SchedulerPolicy policy))
        {
            return null;
        }

        SchedulerFlag flags = 0;
        foreach (string word in scheduler.Flags ?? [])
        {
            flags |= SchedulerFlagWords.TryParse(word, out SchedulerFlag flag) ? flag : 0;
        }

        return new SchedulerPlan
        {
            Policy = policy,
            Flags = flags,
            Nice = scheduler.Nice,
            Priority = (uint)scheduler.Priority,
            Runtime = scheduler.Runtime,
            Deadline = scheduler.Deadline,
            Period = scheduler.Period,
        };
    }

    /// <summary>ioprio_set(2)'s number.</summary>
    public static int? Plan(LinuxIOPriority? priority)
    {
        return priority is not null && IOPriorityClassWords.TryParse(priority.Class, out IOPriorityClass kind)
            ? ((int)kind << IOPriorityClassShift) | (priority.Priority ?? 0)
            : null;
    }

    public static MemoryPolicyPlan? Plan(LinuxMemoryPolicy? policy)
    {
        if (policy is null || !MemoryPolicyModeWords.TryParse(policy.Mode, out MemoryPolicyMode mode))
        {
            return null;
        }

        int number = (int)mode;
        foreach (string word in policy.Flags ?? [])
        {
            number |= MemoryPolicyFlagWords.TryParse(word, out MemoryPolicyFlag flag) ? (int)flag : 0;
        }

        return new MemoryPolicyPlan(number, policy.Mode!, Mask(policy.Nodes));
    }

    public static PersonalityDomain? Plan(LinuxPersonality? personality)
    {
        return PersonalityDomainWords.TryParse(personality?.Domain, out PersonalityDomain domain)
            ? domain
            : null;
    }

    public static List<TimeOffsetPlan> Plan(Dictionary<string, LinuxTimeOffset> offsets)
    {
        List<TimeOffsetPlan> plans = new(offsets.Count);
        foreach ((string word, LinuxTimeOffset offset) in offsets)
        {
            if (TimeClockWords.TryParse(word, out TimeClock clock))
            {
                plans.Add(new TimeOffsetPlan(clock, offset.Secs, offset.Nanosecs));
            }
        }

        return plans;
    }

    /// <summary>A list like 0-3,7 as a mask without empty words at its end; empty where there is none.</summary>
    public static ulong[] Mask(string? list)
    {
        if (string.IsNullOrEmpty(list))
        {
            return [];
        }

        Span<ulong> mask = stackalloc ulong[NumberList.MaskLength];
        _ = NumberList.TryFill(list, mask);
        return mask[..(mask.LastIndexOfAnyExcept(0UL) + 1)].ToArray();
    }
}

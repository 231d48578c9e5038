using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// How the program runs: scheduling, I/O priority, processors, memory nodes, execution domain. All of it is kept by
/// execve and inherited by what the program starts. Put on in the container's cgroups, which have a say in most of it.
/// </summary>
public static class ProcessAttributes
{
    private const int LongestMask = NumberList.MaskLength;

    /// <summary>For the container's first process.</summary>
    internal static void Apply(Plan plan)
    {
        if (plan.Process is not null)
        {
            Apply(plan.Process);
        }

        if (plan.MemoryPolicy is MemoryPolicyPlan policy)
        {
            SetMemoryPolicy(policy);
        }

        SetPersonality(plan.Personality);
    }

    /// <summary>
    /// For a process that exec adds, whose processors are its own matter; its memory policy is not (runc).
    /// </summary>
    internal static void Apply(ExecPlan plan)
    {
        Apply(plan.Process);
        SetProcessors(plan.Process.FinalProcessors, "process.execCPUAffinity.final");
        SetPersonality(plan.Personality);
    }

    /// <summary>Lets this process run on these processors; none leaves that to the kernel.</summary>
    /// <param name="mask">Bit N % 64 of word N / 64 is processor N.</param>
    /// <param name="place">Where config.json names them.</param>
    /// <exception cref="KernelException">None of them can be had here.</exception>
    public static void SetProcessors(ulong[] mask, string place)
    {
        if (mask.Length != 0)
        {
            int result = Kernel.sched_setaffinity(mask);
            if (result < 0)
            {
                throw new KernelException(
                    "sched_setaffinity", string.Empty, (Errno)(-result), place,
                    result == -(int)Errno.EINVAL
                        ? "none of these processors is there, or the cgroup's cpuset has none of them"
                        : null);
            }
        }
    }

    private static void Apply(ProcessPlan process)
    {
        if (process.Scheduler is SchedulerPlan scheduler)
        {
            SetScheduler(scheduler);
        }

        if (process.IOPriority is int priority)
        {
            int result = Kernel.ioprio_set(priority);
            if (result < 0)
            {
                throw new KernelException(
                    "ioprio_set", string.Empty, (Errno)(-result), "process.ioPriority",
                    result == -(int)Errno.EPERM ? "IOPRIO_CLASS_RT needs CAP_SYS_NICE or CAP_SYS_ADMIN" : null);
            }
        }
    }

    private static void SetScheduler(SchedulerPlan scheduler)
    {
        int result = Kernel.sched_setattr(new Kernel.sched_attr
        {
            sched_policy = (uint)scheduler.Policy,
            sched_flags = (ulong)scheduler.Flags,
            sched_nice = scheduler.Nice,
            sched_priority = scheduler.Priority,
            sched_runtime = scheduler.Runtime,
            sched_deadline = scheduler.Deadline,
            sched_period = scheduler.Period,
        });
        if (result < 0)
        {
            throw new KernelException(
                "sched_setattr", SchedulerPolicyWords.Word(scheduler.Policy), (Errno)(-result), "process.scheduler",
                result == -(int)Errno.EPERM
                    ? "it needs CAP_SYS_NICE, and room in the cgroup's cpu.rt_runtime_us where there is one"
                    : null);
        }
    }

    private static void SetMemoryPolicy(MemoryPolicyPlan policy)
    {
        Span<ulong> nodes = stackalloc ulong[LongestMask];
        for (int i = 0; i < policy.Nodes.Count; i++)
        {
            nodes[i] = policy.Nodes[i];
        }

        int result = Kernel.set_mempolicy(policy.Mode, nodes[..policy.Nodes.Count]);
        if (result < 0)
        {
            throw new KernelException(
                "set_mempolicy", policy.Name, (Errno)(-result), "linux.memoryPolicy",
                result switch
                {
                    -(int)Errno.ENOSYS => "the kernel has no support of memory nodes (CONFIG_NUMA)",
                    -(int)Errno.EINVAL => "a node is not there, or the kernel does not know the mode",
                    _ => null,
                });
        }
    }

    private static void SetPersonality(PersonalityDomain? domain)
    {
        if (domain is PersonalityDomain wanted)
        {
            KernelException.Check(Kernel.personality((uint)wanted), "personality", default, "linux.personality");
        }
    }
}

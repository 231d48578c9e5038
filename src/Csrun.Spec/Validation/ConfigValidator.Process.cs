using System;

namespace Csrun.Spec;

/// <content>The process. Source: config.md, Process.</content>
public static partial class ConfigValidator
{
    private const uint NoId = uint.MaxValue; // chown(2) and setresuid(2) take it for "leave alone"

    /// <summary>Checks a process that stands alone, as exec reads it; places begin at the process.</summary>
    public static void ValidateProcess(Process process, ref FaultList faults) =>
        ValidateProcess(process, "", ref faults);

    private static void ValidateProcess(Process process, string at, ref FaultList faults)
    {
        ValidateTerminal(process, at, ref faults);
        ValidateUser(process.User, at, ref faults);
        if (process.Args is null)
        {
            faults.Add(at + "args", Missing);
        }
        else if (process.Args.Length == 0)
        {
            faults.Add(at + "args", "expected at least 1 entry, found none");
        }

        for (int i = 0; i < process.Env?.Length; i++)
        {
            // The entry itself is not shown: it may be a secret.
            if (process.Env[i].IndexOf('=', StringComparison.Ordinal) < 1)
            {
                faults.Add($"{at}env[{i}]", "expected NAME=value");
            }
        }

        if (AbsolutePathFault(process.Cwd) is string cwd)
        {
            faults.Add(at + "cwd", cwd);
        }

        ValidateRlimits(process.Rlimits, at, ref faults);
        if (process.OomScoreAdj is int score and (< -1000 or > 1000))
        {
            faults.Add(at + "oomScoreAdj", Message.Expected("-1000 to 1000", score));
        }

        ValidateScheduler(process.Scheduler, at, ref faults);
        ValidateIOPriority(process.IOPriority, at, ref faults);
        ValidateCpuList(process.ExecCpuAffinity?.Initial, at, "initial", ref faults);
        ValidateCpuList(process.ExecCpuAffinity?.Final, at, "final", ref faults);
    }

    /// <summary>The size is ignored without a terminal; the kernel holds it in 16 bits (struct winsize).</summary>
    private static void ValidateTerminal(Process process, string at, ref FaultList faults)
    {
        if (!process.Terminal || process.ConsoleSize is not Box size)
        {
            return;
        }

        if (size.Height is not <= ushort.MaxValue)
        {
            faults.Add(
                at + "consoleSize.height",
                size.Height is uint height ? Message.Expected("0 to 65535", height) : Missing);
        }

        if (size.Width is not <= ushort.MaxValue)
        {
            faults.Add(
                at + "consoleSize.width", size.Width is uint width ? Message.Expected("0 to 65535", width) : Missing);
        }
    }

    private static void ValidateUser(User user, string at, ref FaultList faults)
    {
        if (user.Uid == NoId)
        {
            faults.Add(at + "user.uid", Message.Expected("0 to 4294967294", NoId));
        }

        if (user.Gid == NoId)
        {
            faults.Add(at + "user.gid", Message.Expected("0 to 4294967294", NoId));
        }

        if (user.Umask is uint umask and > 0x1FF)
        {
            faults.Add(at + "user.umask", Message.Expected("0 to 511", umask));
        }

        for (int i = 0; i < user.AdditionalGids?.Length; i++)
        {
            if (user.AdditionalGids[i] == NoId)
            {
                faults.Add($"{at}user.additionalGids[{i}]", Message.Expected("0 to 4294967294", NoId));
            }
        }
    }

    private static void ValidateRlimits(PosixRlimit[]? rlimits, string at, ref FaultList faults)
    {
        uint seen = 0;
        for (int i = 0; i < rlimits?.Length; i++)
        {
            PosixRlimit rlimit = rlimits[i];
            if (!RlimitTypeWords.TryParse(rlimit.Type, out RlimitType type))
            {
                faults.Add($"{at}rlimits[{i}].type", UnknownWord(rlimit.Type, "a limit RLIMIT_* of getrlimit(2)"));
            }
            else if ((seen & (1u << (int)type)) != 0)
            {
                faults.Add($"{at}rlimits[{i}].type", Message.Quote(rlimit.Type!) + " given twice");
            }
            else
            {
                seen |= 1u << (int)type;
            }

            if (rlimit.Hard is null)
            {
                faults.Add($"{at}rlimits[{i}].hard", Missing);
            }

            if (rlimit.Soft is null)
            {
                faults.Add($"{at}rlimits[{i}].soft", Missing);
            }
            else if (rlimit.Soft > rlimit.Hard)
            {
                faults.Add($"{at}rlimits[{i}].soft", $"expected at most {rlimit.Hard} (hard), found {rlimit.Soft}");
            }
        }
    }

    private static void ValidateScheduler(Scheduler? scheduler, string at, ref FaultList faults)
    {
        if (scheduler is null)
        {
            return;
        }

        for (int i = 0; i < scheduler.Flags?.Length; i++)
        {
            if (!SchedulerFlagWords.TryParse(scheduler.Flags[i], out _))
            {
                faults.Add(
                    $"{at}scheduler.flags[{i}]", UnknownWord(scheduler.Flags[i], SchedulerFlagWords.All()));
            }
        }

        if (!SchedulerPolicyWords.TryParse(scheduler.Policy, out SchedulerPolicy policy))
        {
            faults.Add(at + "scheduler.policy", UnknownWord(scheduler.Policy, SchedulerPolicyWords.All()));
            return;
        }

        bool isFair = policy is SchedulerPolicy.SCHED_OTHER or SchedulerPolicy.SCHED_BATCH;
        if (isFair && scheduler.Nice is < -20 or > 19)
        {
            faults.Add(at + "scheduler.nice", Message.Expected("-20 to 19", scheduler.Nice));
        }

        bool isRealtime = policy is SchedulerPolicy.SCHED_FIFO or SchedulerPolicy.SCHED_RR;
        if (isRealtime ? scheduler.Priority is < 1 or > 99 : scheduler.Priority != 0)
        {
            string expected = isRealtime ? "1 to 99" : $"0 with {scheduler.Policy}";
            faults.Add(at + "scheduler.priority", Message.Expected(expected, scheduler.Priority));
        }

        ValidateDeadline(scheduler, policy == SchedulerPolicy.SCHED_DEADLINE, at, ref faults);
    }

    /// <summary>
    /// The kernel's rule (__checkparam_dl): 1024 &lt;= runtime &lt;= deadline &lt;= period, period 0 is deadline.
    /// </summary>
    private static void ValidateDeadline(Scheduler scheduler, bool isDeadline, string at, ref FaultList faults)
    {
        if (!isDeadline)
        {
            if ((scheduler.Runtime | scheduler.Deadline | scheduler.Period) != 0)
            {
                faults.Add(at + "scheduler", "runtime, deadline and period need SCHED_DEADLINE");
            }

            return;
        }

        if (scheduler.Runtime < 1024)
        {
            faults.Add(at + "scheduler.runtime", $"expected at least 1024, found {scheduler.Runtime}");
        }

        if (scheduler.Deadline < scheduler.Runtime)
        {
            faults.Add(
                at + "scheduler.deadline",
                $"expected at least {scheduler.Runtime} (runtime), found {scheduler.Deadline}");
        }

        if (scheduler.Period != 0 && scheduler.Period < scheduler.Deadline)
        {
            faults.Add(
                at + "scheduler.period",
                $"expected at least {scheduler.Deadline} (deadline), found {scheduler.Period}");
        }
    }

    private static void ValidateIOPriority(LinuxIOPriority? priority, string at, ref FaultList faults)
    {
        if (priority is null)
        {
            return;
        }

        if (!IOPriorityClassWords.TryParse(priority.Class, out _))
        {
            faults.Add(at + "ioPriority.class", UnknownWord(priority.Class, IOPriorityClassWords.All()));
        }

        if (priority.Priority is int level and (< 0 or > 7))
        {
            faults.Add(at + "ioPriority.priority", Message.Expected("0 to 7", level));
        }
    }

    private static void ValidateCpuList(string? list, string at, string member, ref FaultList faults)
    {
        if (list is not null && !NumberList.TryFill(list, stackalloc ulong[NumberList.MaskLength]))
        {
            faults.Add($"{at}execCPUAffinity.{member}", Message.Expected("a list like 0-3,7", list));
        }
    }
}

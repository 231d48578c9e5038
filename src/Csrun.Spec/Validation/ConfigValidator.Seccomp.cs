namespace Csrun.Spec;

/// <content>The system call filter. Source: config-linux.md, Seccomp.</content>
public static partial class ConfigValidator
{
    private const uint HighestErrno = 0xFFFF; // SECCOMP_RET_DATA
    private const uint LastArgument = 5;
    private const string Notify = "SCMP_ACT_NOTIFY";
    private const string NotifiedWrite = "write must work for an error to be told before the agent listens";
    private const string ArchitectureWord = "an architecture SCMP_ARCH_*";

    private static void ValidateSeccomp(LinuxSeccomp seccomp, ref FaultList faults)
    {
        if (ActionFault(seccomp.DefaultAction) is string action)
        {
            faults.Add("linux.seccomp.defaultAction", action);
        }
        else if (seccomp.DefaultAction == Notify)
        {
            faults.Add("linux.seccomp.defaultAction", "SCMP_ACT_NOTIFY cannot be for all calls: " + NotifiedWrite);
        }
        else if (ErrnoFault(seccomp.DefaultAction, seccomp.DefaultErrnoRet) is string errno)
        {
            faults.Add("linux.seccomp.defaultErrnoRet", errno);
        }

        for (int i = 0; i < seccomp.Architectures?.Length; i++)
        {
            if (!SeccompArchWords.TryParse(seccomp.Architectures[i], out _))
            {
                faults.Add(
                    $"linux.seccomp.architectures[{i}]", UnknownWord(seccomp.Architectures[i], ArchitectureWord));
            }
        }

        for (int i = 0; i < seccomp.Flags?.Length; i++)
        {
            if (!SeccompFilterFlagWords.TryParse(seccomp.Flags[i], out _))
            {
                faults.Add($"linux.seccomp.flags[{i}]", UnknownWord(seccomp.Flags[i], SeccompFilterFlagWords.All()));
            }
        }

        for (int i = 0; i < seccomp.Syscalls?.Length; i++)
        {
            ValidateSyscall(seccomp.Syscalls[i], i, ref faults);
        }

        // Where a listener goes without it, an annotation or the environment may say.
        if (string.IsNullOrEmpty(seccomp.ListenerPath) && !string.IsNullOrEmpty(seccomp.ListenerMetadata))
        {
            faults.Add("linux.seccomp.listenerMetadata", "needs listenerPath");
        }
    }

    private static void ValidateSyscall(LinuxSyscall syscall, int index, ref FaultList faults)
    {
        if (syscall.Names is null)
        {
            faults.Add($"linux.seccomp.syscalls[{index}].names", Missing);
        }
        else if (syscall.Names.Length == 0)
        {
            faults.Add($"linux.seccomp.syscalls[{index}].names", "expected at least 1 entry, found none");
        }

        for (int i = 0; i < syscall.Names?.Length; i++)
        {
            if (syscall.Names[i].Length == 0)
            {
                faults.Add($"linux.seccomp.syscalls[{index}].names[{i}]", "is empty");
            }
            else if (syscall.Names[i] == "write" && syscall.Action == Notify)
            {
                faults.Add(
                    $"linux.seccomp.syscalls[{index}].names[{i}]",
                    "SCMP_ACT_NOTIFY cannot be for write: " + NotifiedWrite);
            }
        }

        for (int i = 0; i < syscall.Args?.Length; i++)
        {
            ValidateArgument(syscall.Args[i], index, i, ref faults);
        }

        if (ActionFault(syscall.Action) is string action)
        {
            faults.Add($"linux.seccomp.syscalls[{index}].action", action);
        }
        else if (ErrnoFault(syscall.Action, syscall.ErrnoRet) is string errno)
        {
            faults.Add($"linux.seccomp.syscalls[{index}].errnoRet", errno);
        }
    }

    private static string? ActionFault(string? action) =>
        SeccompActionWords.TryParse(action, out _) ? null : UnknownWord(action, SeccompActionWords.All());

    private static string? ErrnoFault(string? action, uint? errno) => errno switch
    {
        null => null,
        _ when action is not ("SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE") => $"{action} takes no errno",
        > HighestErrno => Message.Expected("0 to 65535", errno.Value),
        _ => null,
    };

    private static void ValidateArgument(LinuxSeccompArg argument, int rule, int index, ref FaultList faults)
    {
        if (NumberFault(argument.Index, LastArgument) is string number)
        {
            faults.Add($"linux.seccomp.syscalls[{rule}].args[{index}].index", number);
        }

        if (argument.Value is null)
        {
            faults.Add($"linux.seccomp.syscalls[{rule}].args[{index}].value", Missing);
        }

        if (!SeccompOperatorWords.TryParse(argument.Op, out _))
        {
            faults.Add(
                $"linux.seccomp.syscalls[{rule}].args[{index}].op",
                UnknownWord(argument.Op, SeccompOperatorWords.All()));
        }
    }
}

using System;
using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>linux.seccomp.syscalls[] with words read and names looked up.</summary>
internal readonly struct Rule
{
    private const uint DefaultErrno = 1; // EPERM
    private const uint DataMask = 0xFFFF; // SECCOMP_RET_DATA

    private Rule(uint action, int[] rows, Condition[] conditions)
    {
        Action = action;
        Rows = rows;
        Conditions = conditions;
        IsAlternatives = HasArgumentTwice(conditions);
    }

    /// <summary>What the filter returns.</summary>
    public uint Action { get; }

    /// <summary>Rows of the calls that some architecture has.</summary>
    public int[] Rows { get; }

    /// <summary>By ascending argument; none of them is always true.</summary>
    public Condition[] Conditions { get; }

    /// <summary>
    /// Any one of the conditions is enough: what a rule that names an argument twice means to libseccomp's users.
    /// </summary>
    public bool IsAlternatives { get; }

    /// <summary>Reads a rule.</summary>
    /// <param name="syscall">The rule.</param>
    /// <param name="index">Its index, for the places of faults.</param>
    /// <param name="unknown">Takes the names that no architecture has.</param>
    public static Rule Read(LinuxSyscall syscall, int index, ref List<string>? unknown)
    {
        uint action = ReadAction(syscall.Action, syscall.ErrnoRet, index);
        return new Rule(action, ReadNames(syscall.Names, index, ref unknown), ReadConditions(syscall.Args, index));
    }

    /// <summary>SECCOMP_RET_* with the errno of ERRNO or the message of TRACE.</summary>
    /// <param name="word">SCMP_ACT_*.</param>
    /// <param name="errno">errnoRet; null is EPERM.</param>
    /// <param name="index">The rule's index; negative is the default action.</param>
    public static uint ReadAction(string? word, uint? errno, int index)
    {
        if (!SeccompActionWords.TryParse(word, out SeccompAction action))
        {
            throw new SeccompException(
                index < 0 ? "linux.seccomp.defaultAction" : Place(index, "action"), "unknown action " + word);
        }

        return action is SeccompAction.SCMP_ACT_ERRNO or SeccompAction.SCMP_ACT_TRACE
            ? (uint)action | ((errno ?? DefaultErrno) & DataMask)
            : (uint)action;
    }

    private static int[] ReadNames(string[]? names, int index, ref List<string>? unknown)
    {
        if (names is not { Length: > 0 })
        {
            throw new SeccompException(Place(index, "names"), "expected at least 1 entry, found none");
        }

        int[] rows = new int[names.Length];
        int count = 0;
        foreach (string name in names)
        {
            int row = SyscallTable.FindRow(name);
            if (row == SyscallTable.None)
            {
                unknown ??= [];
                unknown.Add(name);
            }
            else
            {
                rows[count++] = row;
            }
        }

        return count == rows.Length ? rows : rows[..count];
    }

    private static Condition[] ReadConditions(LinuxSeccompArg[]? arguments, int index)
    {
        if (arguments is not { Length: > 0 })
        {
            return [];
        }

        Condition[] conditions = new Condition[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            Condition condition = ReadCondition(arguments[i], index, i);
            int place = i;
            for (; place > 0 && conditions[place - 1].Argument > condition.Argument; place--)
            {
                conditions[place] = conditions[place - 1];
            }

            conditions[place] = condition;
        }

        return conditions;
    }

    private static Condition ReadCondition(LinuxSeccompArg argument, int rule, int index)
    {
        const uint LastArgument = 5;
        if (argument.Index is not <= LastArgument)
        {
            throw new SeccompException(Place(rule, "args[" + index + "].index"), "expected 0 to 5");
        }

        if (!SeccompOperatorWords.TryParse(argument.Op, out SeccompOperator comparison))
        {
            throw new SeccompException(Place(rule, "args[" + index + "].op"), "unknown operator " + argument.Op);
        }

        ulong value = argument.Value ?? 0;
        return comparison == SeccompOperator.SCMP_CMP_MASKED_EQ
            ? new Condition((int)argument.Index, comparison, value, argument.ValueTwo & value)
            : new Condition((int)argument.Index, comparison, ulong.MaxValue, value);
    }

    private static bool HasArgumentTwice(ReadOnlySpan<Condition> conditions)
    {
        for (int i = 1; i < conditions.Length; i++)
        {
            if (conditions[i].Argument == conditions[i - 1].Argument)
            {
                return true;
            }
        }

        return false;
    }

    private static string Place(int index, string property)
    {
        return "linux.seccomp.syscalls[" + index + "]." + property;
    }
}

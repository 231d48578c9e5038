using System;
using System.Text;
using System.Text.Unicode;

namespace Csrun.CommandLine;

/// <summary>
/// Reads a command line by the grammar of its dialect and the rows of the tables. It throws nothing: a fault is the
/// invocation's <see cref="Invocation.Error"/>.
/// </summary>
internal static class CommandLineParser
{
    /// <summary>Reads argv: the program's name first, each argument without its terminating zero.</summary>
    internal static Invocation Parse(byte[][] arguments)
    {
        Invocation invocation = new(arguments);
        if (invocation.Dialect == Dialect.Crun)
        {
            new ArgpGrammar(invocation, arguments).Read();
        }
        else
        {
            new GoGrammar(invocation, arguments).Read();
        }

        return invocation;
    }

    /// <summary>Notes a flag's value after checking it against the row, or notes what is wrong with it.</summary>
    internal static void TakeValue(
        Invocation invocation, in FlagRow row, string typed, byte[][] arguments, int argument, int offset)
    {
        ReadOnlySpan<byte> value = arguments[argument].AsSpan(offset);
        ValueKind kind = row.Kind;
        if (kind != ValueKind.Raw && !Utf8.IsValid(value))
        {
            invocation.Fail(UsageErrors.NotUtf8(invocation, typed));
        }
        else if (kind == ValueKind.Number && !Invocation.TryNumber(value, out _))
        {
            invocation.Fail(UsageErrors.BadNumber(invocation, row, typed, Text(value)));
        }
        else if (kind == ValueKind.Duration && !GoDuration.TryParse(Text(value), out _))
        {
            invocation.Fail(UsageErrors.BadDuration(invocation, typed, Text(value)));
        }
        else if (kind == ValueKind.Choice && !Words.IsOneOf(value, row.Word))
        {
            invocation.Fail(UsageErrors.BadChoice(invocation, row, typed, Text(value)));
        }
        else if (row.Support == Support.NotYet)
        {
            invocation.Fail(UsageErrors.NotSupported(invocation, "--" + row.Name));
        }
        else if (kind == ValueKind.Choice && row.Note.Length != 0 && !Words.IsOneOf(value, row.Note))
        {
            invocation.Fail(UsageErrors.NotSupported(invocation, $"--{row.Name}={Text(value)}"));
        }
        else if (row.Flag == Flag.Log && invocation.Dialect == Dialect.Crun)
        {
            TakeCrunLog(invocation, value, argument, offset);
        }
        else
        {
            invocation.Set(row.Flag, argument, offset);
        }
    }

    /// <summary>Notes a switch.</summary>
    internal static void TakeSwitch(Invocation invocation, in FlagRow row, bool on)
    {
        if (on && row.Support == Support.NotYet)
        {
            invocation.Fail(UsageErrors.NotSupported(invocation, "--" + row.Name));
            return;
        }

        invocation.Set(row.Flag, on);
    }

    /// <summary>
    /// Shares the words after the flags out between the command's operands and another program, and checks their
    /// number.
    /// </summary>
    internal static void TakeOperands(Invocation invocation, in CommandRow row, ReadOnlySpan<byte[]> words)
    {
        (int least, int most) = row.OperandCount();
        if (words.Length < least)
        {
            invocation.Fail(UsageErrors.TooFew(invocation, row, words.Length));
            return;
        }

        if (words.Length > most && !row.HasProgram)
        {
            invocation.Fail(UsageErrors.TooMany(invocation, row, words));
            return;
        }

        string[] operands = new string[Math.Min(words.Length, most)];
        for (int i = 0; i < operands.Length; i++)
        {
            string name = row.Operand(i);
            if (!Utf8.IsValid(words[i]))
            {
                invocation.Fail(UsageErrors.NotUtf8(invocation, name));
                return;
            }

            if (IsChoice(name) && !Words.IsOneOf(words[i], name))
            {
                invocation.Fail(UsageErrors.BadOperand(invocation, name, Text(words[i])));
                return;
            }

            operands[i] = Encoding.UTF8.GetString(words[i]);
        }

        invocation.Operands = operands;
        invocation.ProgramArguments = words[operands.Length..].ToArray();
        if (row.Command == Command.Exec && invocation.ProgramArguments.Length == 0 && !invocation.IsSet(Flag.Process))
        {
            invocation.Fail(UsageErrors.NoProgram(invocation));
        }
    }

    /// <summary>Notes the command a word names, or that it names none.</summary>
    internal static CommandRow TakeCommand(Invocation invocation, ReadOnlySpan<byte> word)
    {
        CommandRow row = CommandTable.Find(invocation.Dialect, word);
        invocation.Command = row.Command;
        if (row.Command == Command.None)
        {
            invocation.Fail(UsageErrors.UnknownCommand(invocation, Text(word)));
        }

        return row;
    }

    /// <summary>Refuses a command that is not done; the rest is still read, because --help may be there.</summary>
    internal static void RefuseUndone(Invocation invocation, in CommandRow row)
    {
        if (row.Support == Support.NotYet)
        {
            invocation.Fail(UsageErrors.NotSupported(invocation, row.Name));
        }
    }

    /// <summary>An argument as text for a message: whatever is not UTF-8 is replaced.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    // crun's --log names a kind before a colon: file:, and those that no version of csrun writes to yet. A value with a
    // slash in front or without a colon is a path by itself.
    private static void TakeCrunLog(Invocation invocation, ReadOnlySpan<byte> value, int argument, int offset)
    {
        int colon = value.StartsWith("/"u8) ? -1 : value.IndexOf((byte)':');
        if (colon < 0 || value.StartsWith("file:"u8))
        {
            invocation.Set(Flag.Log, argument, offset + colon + 1);
        }
        else if (value.StartsWith("journald:"u8) || value.StartsWith("syslog:"u8))
        {
            invocation.Fail(UsageErrors.NotSupported(invocation, "--log=" + Text(value[..colon])));
        }
        else
        {
            invocation.Fail(UsageErrors.PlainCrun("unknown log type " + Text(value)));
        }
    }

    // DIR/ beside ID tells what a reader may write there; it is no list of words.
    private static bool IsChoice(string operand) =>
        operand.Contains('|', StringComparison.Ordinal) && char.IsAsciiLetterLower(operand[0]);
}

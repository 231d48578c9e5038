using System;

namespace Csrun.CommandLine;

/// <summary>
/// runc's grammar, which is that of Go's flag package, and csrun's: global flags, the command, its flags, its words. One
/// dash or two, <c>-flag</c>, <c>-flag=value</c>, <c>-flag value</c>; a switch takes its value only after an equals
/// sign; <c>--</c> or the first word without a dash ends the flags.
/// </summary>
internal ref struct GoGrammar
{
    private readonly Invocation _invocation;
    private readonly byte[][] _arguments;
    private int _next;

    internal GoGrammar(Invocation invocation, byte[][] arguments)
    {
        _invocation = invocation;
        _arguments = arguments;
        _next = 1;
    }

    /// <summary>Reads it all.</summary>
    internal void Read()
    {
        ReadFlags(FlagTable.Globals());
        if (IsSettled())
        {
            return;
        }

        if (_next >= _arguments.Length)
        {
            _invocation.Answer(Request.Help);
            return;
        }

        CommandRow row = CommandLineParser.TakeCommand(_invocation, _arguments[_next++]);
        if (_invocation.Error is null)
        {
            ReadCommand(row);
        }
    }

    private void ReadCommand(CommandRow row)
    {
        CommandLineParser.RefuseUndone(_invocation, row);
        ReadFlags([.. FlagTable.Of(row.Command), .. FlagTable.Common()]);
        if (IsSettled())
        {
            return;
        }

        CommandLineParser.TakeOperands(
            _invocation, row, _next < _arguments.Length ? _arguments.AsSpan(_next) : default);
        if (row.Command == Command.Help && _invocation.Error is null)
        {
            _invocation.Answer(Request.Help);
            _invocation.Command = Command.None;
            if (_invocation.Operand(0) is not null)
            {
                _ = CommandLineParser.TakeCommand(_invocation, _arguments[_next]);
            }
        }
    }

    private readonly bool IsSettled()
    {
        if (_invocation.IsSet(Flag.Help))
        {
            _invocation.Answer(Request.Help);
        }
        else if (_invocation.IsSet(Flag.Version))
        {
            _invocation.Answer(Request.Version);
        }

        return _invocation.Error is not null || _invocation.Request != Request.Execute;
    }

    // After a fault it reads on, so that a --log further right is found and gets the message.
    private void ReadFlags(FlagRow[] rows)
    {
        while (_next < _arguments.Length)
        {
            ReadOnlySpan<byte> argument = _arguments[_next];
            if (argument.Length < 2 || argument[0] != '-')
            {
                return;
            }

            _next++;
            int dashes = argument[1] == '-' ? 2 : 1;
            if (argument.Length == dashes)
            {
                return;
            }

            ReadFlag(rows, argument, dashes);
        }
    }

    private void ReadFlag(FlagRow[] rows, ReadOnlySpan<byte> argument, int dashes)
    {
        ReadOnlySpan<byte> name = argument[dashes..];
        if (name[0] is (byte)'-' or (byte)'=')
        {
            _invocation.Fail(UsageErrors.BadSyntax(_invocation, CommandLineParser.Text(argument)));
            return;
        }

        int equals = name.IndexOf((byte)'=');
        int valueOffset = equals < 0 ? -1 : dashes + equals + 1;
        name = equals < 0 ? name : name[..equals];
        string typed = CommandLineParser.Text(argument[..(dashes + name.Length)]);
        if (!TryFind(rows, name, out FlagRow row))
        {
            _invocation.Fail(UsageErrors.UnknownFlag(_invocation, typed, rows));
        }
        else if (row.Kind == ValueKind.None)
        {
            ReadSwitch(row, typed, valueOffset < 0 ? "true"u8 : argument[valueOffset..]);
        }
        else if (valueOffset >= 0)
        {
            CommandLineParser.TakeValue(_invocation, row, typed, _arguments, _next - 1, valueOffset);
        }
        else if (_next < _arguments.Length)
        {
            CommandLineParser.TakeValue(_invocation, row, typed, _arguments, _next++, 0);
        }
        else
        {
            _invocation.Fail(UsageErrors.NeedsValue(_invocation, row, typed));
        }
    }

    private readonly void ReadSwitch(FlagRow row, string typed, ReadOnlySpan<byte> value)
    {
        if (Words.IsOneOf(value, "true|1|t|T|TRUE|True"))
        {
            CommandLineParser.TakeSwitch(_invocation, row, on: true);
        }
        else if (Words.IsOneOf(value, "false|0|f|F|FALSE|False"))
        {
            CommandLineParser.TakeSwitch(_invocation, row, on: false);
        }
        else
        {
            _invocation.Fail(UsageErrors.BadSwitch(_invocation, typed, CommandLineParser.Text(value)));
        }
    }

    private readonly bool TryFind(FlagRow[] rows, ReadOnlySpan<byte> name, out FlagRow found)
    {
        foreach (FlagRow row in rows)
        {
            if (_invocation.Dialect.IsIn(row.Dialects) && (Words.Same(name, row.Name)
                || (name.Length == 1 && row.Letters(_invocation.Dialect).Contains((char)name[0], StringComparison.Ordinal))))
            {
                found = row;
                return true;
            }
        }

        found = default;
        return false;
    }
}

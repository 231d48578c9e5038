using System;

namespace Csrun.CommandLine;

/// <summary>
/// crun's grammar, which is that of GNU argp: <c>--flag=value</c>, <c>--flag value</c>, long names shortened as far as
/// they stay clear, letters in clusters with the value joined or following; <c>--</c> ends the flags. A command's flags
/// may stand before or after its words, and the global ones there too; but all that follows the id of exec is the
/// program's.
/// </summary>
internal ref struct ArgpGrammar
{
    private readonly Invocation _invocation;
    private readonly byte[][] _arguments;
    private FlagRow[] _own;
    private FlagRow[] _globals;
    private int _next;

    internal ArgpGrammar(Invocation invocation, byte[][] arguments)
    {
        _invocation = invocation;
        _arguments = arguments;
        _own = FlagTable.Globals();
        _globals = [];
        _next = 1;
    }

    private readonly bool IsDone => _next >= _arguments.Length || _invocation.Request != Request.Execute;

    /// <summary>Reads it all. help, usage and version answer where they stand; what follows them is not read.</summary>
    internal void Read()
    {
        while (!IsDone && IsFlag(_arguments[_next]))
        {
            if (ReadArgument())
            {
                break;
            }
        }

        if (_invocation.Error is not null || _invocation.Request != Request.Execute)
        {
            return;
        }

        if (_next >= _arguments.Length)
        {
            _invocation.Fail(UsageErrors.PlainCrun("please specify a command"));
            return;
        }

        CommandRow row = CommandLineParser.TakeCommand(_invocation, _arguments[_next++]);
        if (_invocation.Error is null)
        {
            _globals = _own;
            _own = [.. FlagTable.Of(row.Command), .. FlagTable.Common()];
            CommandLineParser.RefuseUndone(_invocation, row);
            ReadCommand(row);
        }
    }

    private void ReadCommand(CommandRow row)
    {
        byte[][] words = new byte[_arguments.Length][];
        int count = 0;
        bool flagsEnded = false;
        int before = row.HasProgram ? row.OperandCount().Most : int.MaxValue;
        while (!IsDone)
        {
            flagsEnded |= count == before;
            if (!flagsEnded && IsFlag(_arguments[_next]))
            {
                flagsEnded = ReadArgument();
            }
            else
            {
                words[count++] = _arguments[_next++];
            }
        }

        if (_invocation.Request == Request.Execute && _invocation.Error is null)
        {
            CommandLineParser.TakeOperands(_invocation, row, words.AsSpan(0, count));
        }
    }

    private static bool IsFlag(byte[] argument) => argument.Length > 1 && argument[0] == '-';

    // Returns whether it was the -- that ends the flags.
    private bool ReadArgument()
    {
        ReadOnlySpan<byte> argument = _arguments[_next++];
        if (argument[1] != '-')
        {
            ReadLetters(argument);
            return false;
        }

        if (argument.Length == 2)
        {
            return true;
        }

        ReadLong(argument);
        return false;
    }

    private void ReadLong(ReadOnlySpan<byte> argument)
    {
        int equals = argument.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = equals < 0 ? argument[2..] : argument[2..equals];
        if (!TryFindLong(name, out FlagRow row, out string? candidates))
        {
            _invocation.Fail(candidates is null
                ? UsageErrors.UnknownFlag(_invocation, CommandLineParser.Text(argument), _own)
                : UsageErrors.Ambiguous(CommandLineParser.Text(argument), candidates));
            return;
        }

        string typed = "--" + row.Name;
        if (row.Kind == ValueKind.None && equals >= 0)
        {
            _invocation.Fail(UsageErrors.TakesNoValue(typed));
        }
        else if (row.Kind is ValueKind.None || (row.Kind == ValueKind.Optional && equals < 0))
        {
            Switch(row);
        }
        else if (equals >= 0)
        {
            CommandLineParser.TakeValue(_invocation, row, typed, _arguments, _next - 1, equals + 1);
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

    private void ReadLetters(ReadOnlySpan<byte> argument)
    {
        for (int i = 1; i < argument.Length; i++)
        {
            string typed = CommandLineParser.Text(argument.Slice(i, 1));
            if (!TryFindLetter(argument[i], out FlagRow row))
            {
                _invocation.Fail(UsageErrors.UnknownLetter(typed));
                continue;
            }

            bool hasRest = i + 1 < argument.Length;
            if (row.Kind == ValueKind.None || (row.Kind == ValueKind.Optional && !hasRest))
            {
                Switch(row);
                continue;
            }

            if (hasRest)
            {
                CommandLineParser.TakeValue(_invocation, row, "-" + typed, _arguments, _next - 1, i + 1);
            }
            else if (_next < _arguments.Length)
            {
                CommandLineParser.TakeValue(_invocation, row, "-" + typed, _arguments, _next++, 0);
            }
            else
            {
                _invocation.Fail(UsageErrors.LetterNeedsValue(typed));
            }

            return;
        }
    }

    private readonly void Switch(in FlagRow row)
    {
        Request request = row.Flag switch
        {
            Flag.Help => Request.Help,
            Flag.Usage => Request.Usage,
            Flag.Version => Request.Version,
            _ => Request.Execute,
        };
        if (request == Request.Execute)
        {
            CommandLineParser.TakeSwitch(_invocation, row, on: true);
        }
        else
        {
            _invocation.Answer(request);
        }
    }

    private readonly bool TryFindLetter(byte letter, out FlagRow found)
    {
        foreach (FlagRow row in _own)
        {
            if (Dialect.Crun.IsIn(row.Dialects)
                && row.Letters(Dialect.Crun).Contains((char)letter, StringComparison.Ordinal))
            {
                found = row;
                return true;
            }
        }

        found = default;
        return false;
    }

    // The command's own flags come first, shortened or not: what crun understands keeps its meaning here.
    private readonly bool TryFindLong(ReadOnlySpan<byte> name, out FlagRow found, out string? candidates) =>
        TryFindLong(_own, name, out found, out candidates)
        || (candidates is null && TryFindLong(_globals, name, out found, out candidates));

    private static bool TryFindLong(FlagRow[] rows, ReadOnlySpan<byte> name, out FlagRow found, out string? candidates)
    {
        int count = 0;
        found = default;
        candidates = null;
        foreach (FlagRow row in rows)
        {
            if (!Dialect.Crun.IsIn(row.Dialects) || !Words.IsStartOf(name, row.Name))
            {
                continue;
            }

            if (name.Length == row.Name.Length)
            {
                found = row;
                candidates = null;
                return true;
            }

            found = row;
            candidates += $" '--{row.Name}'";
            count++;
        }

        if (count == 1)
        {
            candidates = null;
        }

        return count == 1;
    }
}

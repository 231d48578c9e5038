using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>What the caller wants from the program.</summary>
internal enum Request : byte
{
    /// <summary>That the command is run.</summary>
    Execute,

    /// <summary>The help of <see cref="Invocation.Command"/>, or of the program where that is None.</summary>
    Help,

    /// <summary>crun's short usage message.</summary>
    Usage,

    /// <summary>The version.</summary>
    Version,
}

/// <summary>
/// A command line as it was understood. Where it was not, <see cref="Error"/> tells why, and the flags that could be
/// read all the same (--log among them) are here.
/// </summary>
/// <remarks>
/// Flag values and operands are UTF-8, which the parser has checked; arguments of a container's program and --env are
/// handed on byte by byte. Flags whose row is <see cref="Support.NotYet"/> never get past the parser.
/// </remarks>
internal sealed class Invocation
{
    private readonly byte[][] _arguments;
    private Given[] _given = new Given[8];
    private int _givenCount;

    /// <summary>An empty one over argv, the program's name included.</summary>
    internal Invocation(byte[][] arguments)
    {
        _arguments = arguments;
        Dialect = DialectNames.Of(arguments.Length == 0 ? [] : arguments[0]);
    }

    /// <summary>Whose command line it is.</summary>
    internal Dialect Dialect { get; }

    /// <summary>The command; None where no word named one.</summary>
    internal Command Command { get; set; }

    /// <summary>What is wanted.</summary>
    internal Request Request { get; private set; }

    /// <summary>The first fault of the command line, or null.</summary>
    internal UsageError? Error { get; private set; }

    /// <summary>The words of the command: ID, SIGNAL and the like, counted and checked by its row.</summary>
    internal string[] Operands { get; set; } = [];

    /// <summary>The words that belong to another program (exec's, ps's), as they came.</summary>
    internal byte[][] ProgramArguments { get; set; } = [];

    /// <summary>The operand at a place, or null where it was left out.</summary>
    internal string? Operand(int index) => index < Operands.Length ? Operands[index] : null;

    /// <summary>Whether a switch is on, or a flag with a value was given. The last one counts.</summary>
    internal bool IsSet(Flag flag)
    {
        int index = LastOf(flag);
        return index >= 0 && _given[index].Offset != Given.Off;
    }

    /// <summary>Whether a switch was turned on or off; null where it was not given.</summary>
    internal bool? GetSwitch(Flag flag) => LastOf(flag) >= 0 ? IsSet(flag) : null;

    /// <summary>The value of a flag, or null where it was not given. The last one counts.</summary>
    internal string? GetString(Flag flag)
    {
        int index = LastOf(flag);
        return index >= 0 && _given[index].Offset >= 0 ? Encoding.UTF8.GetString(Bytes(_given[index])) : null;
    }

    /// <summary>The value of a flag with a number, or <paramref name="otherwise"/> where it was not given.</summary>
    internal long GetNumber(Flag flag, long otherwise)
    {
        int index = LastOf(flag);
        return index >= 0 && _given[index].Offset >= 0 && TryNumber(Bytes(_given[index]), out long number)
            ? number
            : otherwise;
    }

    /// <summary>Every value of a flag that may be repeated, in order, byte by byte.</summary>
    internal byte[][] GetAll(Flag flag)
    {
        int count = 0;
        for (int i = 0; i < _givenCount; i++)
        {
            count += _given[i].Flag == flag && _given[i].Offset >= 0 ? 1 : 0;
        }

        byte[][] values = new byte[count][];
        for (int i = _givenCount - 1; count > 0; i--)
        {
            if (_given[i].Flag == flag && _given[i].Offset >= 0)
            {
                values[--count] = Bytes(_given[i]).ToArray();
            }
        }

        return values;
    }

    /// <summary>The flags that were given and change nothing, for a debug line each.</summary>
    internal IEnumerable<FlagRow> IgnoredFlags()
    {
        foreach (FlagRow row in (FlagRow[])[.. FlagTable.Globals(), .. FlagTable.Of(Command)])
        {
            if (row.Support == Support.Ignored && Dialect.IsIn(row.Dialects) && IsSet(row.Flag))
            {
                yield return row;
            }
        }
    }

    /// <summary>Whether the bytes are a decimal number with an optional sign, and nothing else.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out int consumed) && consumed == text.Length;

    /// <summary>Notes a switch.</summary>
    internal void Set(Flag flag, bool on) => Add(new Given(flag, 0, on ? Given.On : Given.Off));

    /// <summary>Notes a value: what stands in an argument from an offset on.</summary>
    internal void Set(Flag flag, int argument, int offset) => Add(new Given(flag, argument, offset));

    /// <summary>Notes a fault, if it is the first.</summary>
    internal void Fail(UsageError error) => Error ??= error;

    /// <summary>
    /// Notes that the caller wants help or the version: the first such wish counts, before a refusal of what is not
    /// done, not before a fault.
    /// </summary>
    internal void Answer(Request request)
    {
        if (Request == Request.Execute && Error is null or { IsRefusal: true })
        {
            Error = null;
            Request = request;
        }
    }

    private void Add(Given given)
    {
        if (_givenCount == _given.Length)
        {
            Array.Resize(ref _given, _givenCount * 2);
        }

        _given[_givenCount++] = given;
    }

    private int LastOf(Flag flag)
    {
        int i = _givenCount - 1;
        while (i >= 0 && _given[i].Flag != flag)
        {
            i--;
        }

        return i;
    }

    private ReadOnlySpan<byte> Bytes(Given given) => _arguments[given.Argument].AsSpan(given.Offset);

    private readonly struct Given
    {
        internal const int On = -1;
        internal const int Off = -2;

        internal Given(Flag flag, int argument, int offset)
        {
            Flag = flag;
            Argument = argument;
            Offset = offset;
        }

        internal Flag Flag { get; }

        internal int Argument { get; }

        internal int Offset { get; }
    }
}

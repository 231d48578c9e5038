using System;

namespace Csrun.CommandLine;

/// <summary>One command, as a row of <see cref="CommandTable"/>.</summary>
internal readonly struct CommandRow
{
    /// <summary>A row.</summary>
    internal CommandRow(
        Command command, string name, Dialects dialects, CommandGroup group, string operands, Support support, string help)
    {
        Command = command;
        Name = name;
        Dialects = dialects;
        Group = group;
        Operands = operands;
        Support = support;
        Help = help;
    }

    /// <summary>What the program asks for it by.</summary>
    internal Command Command { get; }

    /// <summary>The word on the command line.</summary>
    internal string Name { get; }

    /// <summary>Where it exists. A command whose operands differ by dialect has a row for each.</summary>
    internal Dialects Dialects { get; }

    /// <summary>Its place in csrun's help.</summary>
    internal CommandGroup Group { get; }

    /// <summary>
    /// The words after the flags, in the notation of manual pages: <c>ID [SIGNAL]</c>. The parser counts by it; where a
    /// word ends in <c>...</c>, all from the first word in brackets on belongs to another program and stays bytes.
    /// </summary>
    internal string Operands { get; }

    /// <summary>Whether it is done.</summary>
    internal Support Support { get; }

    /// <summary>What it does, in one line without a full stop.</summary>
    internal string Help { get; }

    /// <summary>Whether the words end in another program's.</summary>
    internal bool HasProgram => Operands.Contains("...", StringComparison.Ordinal);

    /// <summary>How many words it must have and may have, another program's not counted.</summary>
    internal (int Least, int Most) OperandCount()
    {
        int least = 0;
        int most = 0;
        bool hasProgram = HasProgram;
        foreach (Range range in Operands.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> word = Operands.AsSpan(range);
            if (word.IsEmpty || (hasProgram && word[0] == '['))
            {
                break;
            }

            most++;
            least += word[0] == '[' ? 0 : 1;
        }

        return (least, most);
    }

    /// <summary>The name of the operand at a place, without its brackets.</summary>
    internal string Operand(int index)
    {
        foreach (Range range in Operands.AsSpan().Split(' '))
        {
            if (index-- == 0)
            {
                return Operands[range].Trim('[', ']');
            }
        }

        return "";
    }

    /// <summary>Whether a help text should tell of it.</summary>
    internal bool IsShown(Dialect dialect) => dialect.IsIn(Dialects) && Support == Support.Done;
}

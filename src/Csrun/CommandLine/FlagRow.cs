using System;

namespace Csrun.CommandLine;

/// <summary>Whether a command or flag of a table does what it says.</summary>
internal enum Support : byte
{
    /// <summary>It does.</summary>
    Done,

    /// <summary>It is known and refused by name. An issue that brings it flips its row.</summary>
    NotYet,

    /// <summary>It is accepted and changes nothing, for the reason in <see cref="FlagRow.Note"/>.</summary>
    Ignored,
}

/// <summary>What follows a flag.</summary>
internal enum ValueKind : byte
{
    /// <summary>Nothing: it is on or off.</summary>
    None,

    /// <summary>A word, as crun's --tty[=TTY]: only after an equals sign.</summary>
    Optional,

    /// <summary>A decimal number that fits 64 bits.</summary>
    Number,

    /// <summary>A duration as Go writes them.</summary>
    Duration,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file or socket.</summary>
    File,

    /// <summary>Bytes meant for the container's program, which need not be UTF-8.</summary>
    Raw,

    /// <summary>Any other text.</summary>
    Text,
}

/// <summary>One flag of one command, as a row of <see cref="FlagTable"/>.</summary>
internal readonly struct FlagRow
{
    private readonly string _letters;

    /// <summary>A row. <paramref name="word"/> names the value and by that decides its <see cref="Kind"/>.</summary>
    internal FlagRow(
        Flag flag,
        string name,
        string letters,
        string word,
        Dialects dialects,
        Support support,
        string help,
        string note)
    {
        Flag = flag;
        Name = name;
        _letters = letters;
        Word = word;
        Dialects = dialects;
        Support = support;
        Help = help;
        Note = note;
    }

    /// <summary>What the program asks for it by.</summary>
    internal Flag Flag { get; }

    /// <summary>The long name, without dashes.</summary>
    internal string Name { get; }

    /// <summary>The name of its value; empty for a switch, alternatives divided by | for a choice.</summary>
    internal string Word { get; }

    /// <summary>Where it exists.</summary>
    internal Dialects Dialects { get; }

    /// <summary>Whether it is done.</summary>
    internal Support Support { get; }

    /// <summary>What it does, in one line without a full stop.</summary>
    internal string Help { get; }

    /// <summary>An ignored flag's reason; of a choice that is done in part, the words that are, divided by |.</summary>
    internal string Note { get; }

    /// <summary>What follows the flag.</summary>
    internal ValueKind Kind => Word switch
    {
        "" => ValueKind.None,
        "N" => ValueKind.Number,
        "DURATION" => ValueKind.Duration,
        "DIR" => ValueKind.Directory,
        "FILE" or "SOCKET" => ValueKind.File,
        "NAME=VALUE" => ValueKind.Raw,
        _ when Word[0] == '[' && Word[^1] == ']' => ValueKind.Optional,
        _ when Word.Contains('|', StringComparison.Ordinal) => ValueKind.Choice,
        _ => ValueKind.Text,
    };

    /// <summary>
    /// Its one-letter names in a dialect. csrun has runc's letters, and crun's flags by long name only.
    /// </summary>
    internal string Letters(Dialect dialect) =>
        dialect == Dialect.Csrun && (Dialects & (Dialects.Runc | Dialects.Crun)) == Dialects.Crun ? "" : _letters;

    /// <summary>Whether a help text should tell of it.</summary>
    internal bool IsShown(Dialect dialect) => dialect.IsIn(Dialects) && Support == Support.Done;
}

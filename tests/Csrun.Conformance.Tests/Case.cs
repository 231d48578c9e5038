namespace Csrun.Conformance.Tests;

/// <summary>Where a case looks.</summary>
internal enum CaseKind
{
    /// <summary>The program of a container that `run` runs says what it sees.</summary>
    Inside,

    /// <summary>A script of the host looks at a created container: $PID, $ID, $STATE (a file), at and cg.</summary>
    Outside,

    /// <summary>A program that `exec` adds to a running container says what it sees.</summary>
    Exec,

    /// <summary>A script of the host looks at what is left after create, start, the program's end and delete.</summary>
    Life,

    /// <summary>`create` fails, and nothing is left.</summary>
    Refused,
}

/// <summary>
/// A case of a table: a change of config.json goes in, what is seen comes out. It counts because it fails once: under
/// <see cref="Broken"/>, a configuration without the property, the same look must not find the same.
/// </summary>
/// <param name="Kind">Where it looks.</param>
/// <param name="Ids">The requirements it shows, with blanks between.</param>
/// <param name="What">The rest of its name.</param>
/// <param name="Set">
/// The change, as <c>path=JSON ; path+=JSON ; path- ; reversed</c>: set, append, remove, turn the order of members.
/// JSON has ' for ". $W is an empty directory, $C the canary of the host, $R the container's root on the host, $N and
/// $D names that nobody else has.
/// </param>
/// <param name="Script">What looks; empty: process.args is part of the change.</param>
/// <param name="Sees">What it prints, without the last line feed; after ~ a regular expression.</param>
/// <param name="Broken">The change that the case must not hold under.</param>
internal sealed record Case(
    CaseKind Kind, string Ids, string What, string Set, string Script, string Sees, string Broken)
{
    /// <summary>A script of the host to run before, with $W, $R and the others, and the bundle as $B.</summary>
    public string Host { get; init; } = "";

    /// <summary>That script under <see cref="Broken"/>, where the host is what must differ.</summary>
    public string? BrokenHost { get; init; }

    /// <summary>A script of the host to run after whatever happened.</summary>
    public string Undo { get; init; } = "";

    /// <summary>Flags of `create` and `run`.</summary>
    public string[] Flags { get; init; } = [];

    /// <summary>The flags under <see cref="Broken"/>, where they are what must differ.</summary>
    public string[]? BrokenFlags { get; init; }

    /// <summary>A script of the host that becomes the runtime at its end, the arguments: how its caller is.</summary>
    public string Via { get; init; } = "";

    /// <summary>Whether a refusal may also come from start: what belongs to process may be applied there.</summary>
    public bool AtStart { get; init; }

    /// <summary>What csrun's error says, for a refusal: its words are its own.</summary>
    public string Says { get; init; } = "";

    /// <summary>A case that looks from inside.</summary>
    internal static Case Inside(
        string ids, string what, string set, string script, string sees, string broken = "") =>
        new(CaseKind.Inside, ids, what, set, script, sees, broken);

    /// <summary>A case that looks from outside at a container that is created.</summary>
    internal static Case Outside(
        string ids, string what, string set, string script, string sees, string broken = "") =>
        new(CaseKind.Outside, ids, what, set, script, sees, broken);

    /// <summary>A case that looks from what exec adds.</summary>
    internal static Case Exec(
        string ids, string what, string set, string script, string sees, string broken = "") =>
        new(CaseKind.Exec, ids, what, set, script, sees, broken);

    /// <summary>A case that looks at what a whole life leaves.</summary>
    internal static Case Life(
        string ids, string what, string set, string script, string sees, string broken = "") =>
        new(CaseKind.Life, ids, what, set, script, sees, broken);

    /// <summary>A case of a configuration that create refuses, beside one that it takes.</summary>
    internal static Case Refused(string ids, string what, string set, string taken, string says = "") =>
        new(CaseKind.Refused, ids, what, set, "", "", taken) { Says = says };
}

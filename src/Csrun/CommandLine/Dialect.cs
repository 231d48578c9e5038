using System;

namespace Csrun.CommandLine;

/// <summary>Whose command line is spoken: decided by the name the program is called by.</summary>
internal enum Dialect : byte
{
    /// <summary>Our own: runc's grammar, with the long names of crun's flags besides.</summary>
    Csrun,

    /// <summary>runc's: one dash or two, flags end at the first word that is none.</summary>
    Runc,

    /// <summary>crun's: GNU long options with abbreviations, clustered letters, flags before or after the words.</summary>
    Crun,
}

/// <summary>The dialects in which a row of a table exists.</summary>
[Flags]
internal enum Dialects : byte
{
    /// <summary>Our own.</summary>
    Csrun = 1,

    /// <summary>runc's.</summary>
    Runc = 2,

    /// <summary>crun's.</summary>
    Crun = 4,

    /// <summary>Every one of them.</summary>
    All = Csrun | Runc | Crun,
}

/// <summary>The names of the dialects, and which dialect a name means.</summary>
internal static class DialectNames
{
    /// <summary>The dialect for argv[0]: the last part of its path, csrun for every name that is not known.</summary>
    internal static Dialect Of(ReadOnlySpan<byte> program)
    {
        ReadOnlySpan<byte> name = program[(program.LastIndexOf((byte)'/') + 1)..];
        if (name.SequenceEqual("runc"u8))
        {
            return Dialect.Runc;
        }

        return name.SequenceEqual("crun"u8) ? Dialect.Crun : Dialect.Csrun;
    }

    /// <summary>The program's name as this dialect prints it.</summary>
    internal static string Name(this Dialect dialect) => dialect switch
    {
        Dialect.Runc => "runc",
        Dialect.Crun => "crun",
        _ => "csrun",
    };

    /// <summary>Whether a row that exists in <paramref name="dialects"/> exists in this dialect.</summary>
    internal static bool IsIn(this Dialect dialect, Dialects dialects) =>
        ((int)dialects & (1 << (int)dialect)) != 0;
}

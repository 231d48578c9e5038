using Csrun.Reporting;

namespace Csrun.CommandLine;

/// <summary>Why a command line was not accepted, in the words of its dialect.</summary>
internal sealed class UsageError
{
    /// <summary>A fault. <paramref name="preface"/> is what runc prints before the help, or null.</summary>
    internal UsageError(ErrorDetail detail, int exitCode, bool isRefusal, string? preface)
    {
        Detail = detail;
        ExitCode = exitCode;
        IsRefusal = isRefusal;
        Preface = preface;
    }

    /// <summary>The error, to be reported as every other one.</summary>
    internal ErrorDetail Detail { get; }

    /// <summary>What the program exits with.</summary>
    internal int ExitCode { get; }

    /// <summary>Whether the command line was right and asks for what is not done yet.</summary>
    internal bool IsRefusal { get; }

    /// <summary>
    /// runc answers a wrong command line on standard output too: with this line and the help. Null where it does not.
    /// </summary>
    internal string? Preface { get; }
}

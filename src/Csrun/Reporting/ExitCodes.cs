using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>What the program exits with when it fails itself. A container's own codes pass through untouched.</summary>
internal static class ExitCodes
{
    /// <summary>Every failure of csrun's own, but one.</summary>
    internal const int Failure = 1;

    /// <summary>exec could not start the program.</summary>
    internal const int ExecFailure = 255;

    /// <summary>The code of a command that fails.</summary>
    internal static int Of(Command command) => command == Command.Exec ? ExecFailure : Failure;
}

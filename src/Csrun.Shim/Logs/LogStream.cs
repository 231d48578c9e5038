namespace Csrun.Shim.Logs;

/// <summary>Whose bytes a log line holds.</summary>
public enum LogStream
{
    /// <summary>Standard output, or all that a terminal shows.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,
}

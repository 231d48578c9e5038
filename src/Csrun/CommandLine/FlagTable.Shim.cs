namespace Csrun.CommandLine;

/// <summary>The flags of containers that outlive the command, and of the commands for them.</summary>
internal static partial class FlagTable
{
    private static FlagRow[] Shim() =>
    [
        Switch(Flag.Shim, "shim", "", Dialects.Csrun, Done,
            "leave a shim with the container, for logs, attach and wait; run takes it with --detach"),
        Value(Flag.ShimLog, "shim-log", "", "FILE", Dialects.Csrun, Done,
            "the log's file, which stays after delete; default a file in the container's state directory"),
        Choice(Flag.ShimLogFormat, "shim-log-format", "json-file|cri", Dialects.Csrun, "",
            "the form of the log's lines, docker's or Kubernetes'; default json-file"),
        Value(Flag.ShimLogSize, "shim-log-size", "", "SIZE", Dialects.Csrun, Done,
            "begin a new file when the log has this many bytes (k, m, g); 0 never; default 16m"),
        Value(Flag.ShimLogFiles, "shim-log-files", "", "N", Dialects.Csrun, Done,
            "how many files of the log are kept; default 2"),
        Choice(Flag.ShimLogFull, "shim-log-full", "drop|block", Dialects.Csrun, "",
            "when the log cannot be written: drop and count the bytes, or let the container wait; default drop"),
        Choice(Flag.ShimStdin, "shim-stdin", "open|once|null", Dialects.Csrun, "",
            "the program's input: without end, ending with a client's, or none; default open"),
    ];

    private static FlagRow[] Logs() =>
    [
        Switch(Flag.Follow, "follow", "f", Dialects.Csrun, Done,
            "go on until the container ends"),
        Value(Flag.Since, "since", "", "TIME", Dialects.Csrun, Done,
            "only what is newer: a time as 2026-11-27T08:00:00Z, seconds since 1970, or 10m for a while ago"),
        Value(Flag.Tail, "tail", "n", "LINES", Dialects.Csrun, Done,
            "only so many lines at the end; default all"),
        Switch(Flag.Timestamps, "timestamps", "t", Dialects.Csrun, Done,
            "print the time before each line"),
    ];

    private static FlagRow[] Attach() =>
    [
        Value(Flag.DetachKeys, "detach-keys", "", "KEYS", Dialects.Csrun, Done,
            "what to type to leave the container alone; default ctrl-p,ctrl-q"),
        Switch(Flag.NoStdin, "no-stdin", "", Dialects.Csrun, Done,
            "only watch"),
    ];
}

namespace Csrun.Linux;

/// <summary>Signals as Go describes them, which is how runc tells of a process that one killed.</summary>
public static class SignalTexts
{
    private static readonly string[] s_texts =
    [
        "", "hangup", "interrupt", "quit", "illegal instruction", "trace/breakpoint trap", "aborted", "bus error",
        "floating point exception", "killed", "user defined signal 1", "segmentation fault", "user defined signal 2",
        "broken pipe", "alarm clock", "terminated", "stack fault", "child exited", "continued", "stopped (signal)",
        "stopped", "stopped (tty input)", "stopped (tty output)", "urgent I/O condition", "CPU time limit exceeded",
        "file size limit exceeded", "virtual timer expired", "profiling timer expired", "window changed",
        "I/O possible", "power failure", "bad system call",
    ];

    /// <summary>The description, such as <c>killed</c>; <c>signal 40</c> for one that has none.</summary>
    public static string Of(int signal)
    {
        return signal > 0 && signal < s_texts.Length ? s_texts[signal] : "signal " + signal;
    }
}

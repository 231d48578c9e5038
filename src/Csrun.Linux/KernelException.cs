using System;

namespace Csrun.Linux;

/// <summary>
/// A system call that failed where the caller cannot go on. The one exception of csrun's lower projects, on both sides
/// of the clone; the runtime adds step and container to it.
/// </summary>
public sealed class KernelException : Exception
{
    /// <summary>What was done to what, and how it failed.</summary>
    /// <param name="operation">The system call or action, such as <c>open</c> or <c>mount proc on</c>.</param>
    /// <param name="subject">The path, name or value it was done to; empty where there is none.</param>
    /// <param name="errno">Why it failed.</param>
    /// <param name="place">The property in config.json that asked for it, such as <c>mounts[3].source</c>.</param>
    /// <param name="hint">A known cure, in one line.</param>
    public KernelException(string operation, string subject, Errno errno, string? place = null, string? hint = null)
        : base(operation)
    {
        Operation = operation;
        Subject = subject;
        Errno = errno;
        Place = place;
        Hint = hint;
    }

    /// <summary>The system call or action.</summary>
    public string Operation { get; }

    /// <summary>The path, name or value it was done to; may be empty.</summary>
    public string Subject { get; }

    /// <summary>Why it failed.</summary>
    public Errno Errno { get; }

    /// <summary>The property in config.json that asked for it.</summary>
    public string? Place { get; }

    /// <summary>A known cure, in one line.</summary>
    public string? Hint { get; }

    /// <summary>Throws for a negated errno, passes everything else through.</summary>
    public static int Check(int result, string operation, ReadOnlySpan<byte> subject = default, string? place = null)
    {
        if (result < 0)
        {
            throw new KernelException(operation, Utf8.ToText(subject), (Errno)(-result), place);
        }

        return result;
    }
}

using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// Why a command could not be done, in words for its user. A failed system call (<see cref="KernelException"/>) or
/// faults of config.json are carried along; the command line adds its own name and the container's id.
/// </summary>
public sealed class RuntimeException : Exception
{
    /// <summary>An error in words of our own, such as <c>container does not exist</c>.</summary>
    public RuntimeException(string message)
        : base(message)
    {
        Faults = [];
    }

    /// <summary>Faults of config.json or process.json, all at once.</summary>
    public RuntimeException(IReadOnlyList<Fault> faults)
        : base("invalid configuration")
    {
        Faults = faults;
    }

    /// <summary>Faults of a document, which is named where their place is no more than a line and a column.</summary>
    public static RuntimeException InDocument(string document, IReadOnlyList<Fault> faults)
    {
        Fault[] named = new Fault[faults.Count];
        for (int i = 0; i < named.Length; i++)
        {
            bool isPosition = faults[i].Place.StartsWith("line ", StringComparison.Ordinal);
            named[i] = isPosition ? faults[i] with { Place = document + ": " + faults[i].Place } : faults[i];
        }

        return new RuntimeException(named);
    }

    /// <summary>A failed system call, here or in the container's process.</summary>
    public RuntimeException(KernelException cause)
        : base(cause.Operation, cause)
    {
        Faults = [];
        Cause = cause;
    }

    /// <summary>The faults; empty where the error is another.</summary>
    public IReadOnlyList<Fault> Faults { get; }

    /// <summary>The failed system call; null where the error is another.</summary>
    public KernelException? Cause { get; }
}

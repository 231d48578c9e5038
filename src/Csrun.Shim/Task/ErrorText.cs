using System;
using System.Text;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim.Task;

/// <summary>An error as one line for containerd's clients, in the words of Go programs.</summary>
internal static class ErrorText
{
    public static string Of(Exception error)
    {
        return error switch
        {
            KernelException kernel => Of(kernel),
            RuntimeException { Cause: { } cause } => Of(cause),
            RuntimeException { Faults.Count: > 0 } runtime =>
                runtime.Message + ": " + string.Join("; ", runtime.Faults),
            _ => error.Message,
        };
    }

    private static string Of(KernelException error)
    {
        StringBuilder text = new();
        if (error.Place is not null)
        {
            text.Append(error.Place).Append(": ");
        }

        text.Append(error.Operation);
        if (error.Subject.Length > 0)
        {
            text.Append(' ').Append(error.Subject);
        }

        text.Append(": ").Append(error.Errno.Message());
        return error.Hint is null ? text.ToString() : text.Append(" (").Append(error.Hint).Append(')').ToString();
    }
}

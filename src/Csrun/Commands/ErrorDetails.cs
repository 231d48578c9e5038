using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary>Turns what was thrown into what is reported: the command and the container are added here.</summary>
internal static class ErrorDetails
{
    /// <summary>A failed system call.</summary>
    public static ErrorDetail Of(Invocation invocation, KernelException error)
    {
        return new ErrorDetail
        {
            Step = CommandTable.Find(invocation.Dialect, invocation.Command).Name,
            ContainerId = invocation.Operand(0),
            Place = error.Place,
            Operation = error.Operation,
            Object = error.Subject,
            Cause = error.Errno == Errno.None ? string.Empty : error.Errno.Message(),
            ErrnoName = error.Errno == Errno.None ? null : error.Errno.Name(),
            Hint = error.Hint,
        };
    }

    /// <summary>Any other error of a command.</summary>
    public static ErrorDetail Of(Invocation invocation, RuntimeException error)
    {
        return error.Cause is not null
            ? Of(invocation, error.Cause)
            : new ErrorDetail
            {
                Step = CommandTable.Find(invocation.Dialect, invocation.Command).Name,
                ContainerId = invocation.Operand(0),
                Cause = error.Faults.Count == 0 ? error.Message : string.Empty,
                Faults = error.Faults,
            };
    }
}

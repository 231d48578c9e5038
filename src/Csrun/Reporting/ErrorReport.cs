using System.Text;
using Csrun.CommandLine;
using Csrun.Spec;

namespace Csrun.Reporting;

/// <summary>Puts the parts of an error together, in the words of each dialect.</summary>
/// <remarks>
/// csrun says all it knows: <c>csrun: create web: mounts[3].source: open /srv/data: no such file or directory
/// (ENOENT)</c>, a line for each fault, and the hint. As runc the step is in front as runc has it (<c>runc create
/// failed:</c>, <c>exec failed:</c>, nothing else), as crun the step and the id; both leave out the errno's name and the
/// hint, which their callers do not know. The cause is in Go's words everywhere.
/// </remarks>
internal static class ErrorReport
{
    private const string Continuation = "\n    ";

    /// <summary>The error as one message for a log: without the program's name, faults divided by semicolons.</summary>
    internal static string Message(ErrorDetail error, Dialect dialect)
    {
        StringBuilder message = Context(error, dialect);
        string divider = "";
        if (error.Cause.Length != 0)
        {
            AppendCause(message, error, dialect);
            divider = ": ";
        }

        foreach (Fault fault in error.Faults)
        {
            message.Append(divider);
            AppendFault(message, fault);
            divider = "; ";
        }

        return message.ToString();
    }

    /// <summary>The error for a person who reads standard error, with the newline at its end.</summary>
    internal static string ForPerson(ErrorDetail error, Dialect dialect)
    {
        if (dialect != Dialect.Csrun)
        {
            return Readable(Message(error, dialect), "\n") + "\n";
        }

        StringBuilder text = new();
        if (error.Cause.Length != 0 || error.Faults.Count == 0)
        {
            StringBuilder line = Context(error, dialect);
            AppendCause(line, error, dialect);
            AppendLine(text, line);
        }

        foreach (Fault fault in error.Faults)
        {
            StringBuilder line = Context(error, dialect);
            AppendFault(line, fault);
            AppendLine(text, line);
        }

        if (error.Hint is not null)
        {
            text.Append("hint: ").Append(Readable(error.Hint, Continuation)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// A text that a terminal may show: control characters, which a path or a hook's output may bring, become escapes,
    /// newlines the given text; those at the end go.
    /// </summary>
    internal static string Readable(string text, string newline)
    {
        StringBuilder readable = new(text.Length);
        foreach (Rune rune in text.TrimEnd('\n').EnumerateRunes())
        {
            if (rune.Value == '\n')
            {
                readable.Append(newline);
            }
            else if (rune.Value == '\t')
            {
                readable.Append('\t');
            }
            else
            {
                GoQuote.AppendEscaped(readable, rune);
            }
        }

        return readable.ToString();
    }

    private static StringBuilder Context(ErrorDetail error, Dialect dialect)
    {
        StringBuilder context = new();
        if (dialect == Dialect.Runc)
        {
            context.Append(error.Step switch
            {
                "create" => "runc create failed: ",
                "run" => "runc run failed: ",
                "restore" => "runc restore failed: ",
                "exec" => "exec failed: ",
                _ => "",
            });
        }
        else if (error.Step is not null || error.ContainerId is not null)
        {
            string gap = error.Step is not null && error.ContainerId is not null ? " " : "";
            context.Append(error.Step).Append(gap).Append(error.ContainerId).Append(": ");
        }

        if (error.Place is not null)
        {
            context.Append(error.Place).Append(": ");
        }

        return context;
    }

    private static void AppendCause(StringBuilder message, ErrorDetail error, Dialect dialect)
    {
        if (error.Operation is not null || error.Object is not null)
        {
            string gap = error.Operation is not null && error.Object is not null ? " " : "";
            message.Append(error.Operation).Append(gap).Append(error.Object).Append(": ");
        }

        message.Append(error.Cause);
        if (error.ErrnoName is not null && dialect == Dialect.Csrun)
        {
            message.Append(" (").Append(error.ErrnoName).Append(')');
        }
    }

    private static void AppendFault(StringBuilder message, Fault fault) =>
        message.Append(fault.Place).Append(fault.Place.Length == 0 ? "" : ": ").Append(fault.Message);

    private static void AppendLine(StringBuilder text, StringBuilder line) =>
        text.Append("csrun: ").Append(Readable(line.ToString(), Continuation)).Append('\n');
}

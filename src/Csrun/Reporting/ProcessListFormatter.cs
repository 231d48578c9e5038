using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Csrun.CommandLine;
using Csrun.Runtime;

namespace Csrun.Reporting;

/// <summary>The processes of a container in the forms that <c>ps</c> prints.</summary>
internal static class ProcessListFormatter
{
    private const string Header = "PID";

    /// <summary>An array of numbers: runc's on one line, <c>null</c> without any; crun's a line each.</summary>
    internal static string Json(IReadOnlyList<int> pids, Dialect dialect)
    {
        if (dialect == Dialect.Crun)
        {
            return pids.Count == 0 ? "[\n\n]\n" : "[\n  " + string.Join(",\n  ", pids) + "\n]\n";
        }

        return pids.Count == 0 ? "null\n" : "[" + string.Join(',', pids) + "]\n";
    }

    /// <summary>crun's table: a heading and the numbers.</summary>
    internal static string Numbers(IReadOnlyList<int> pids)
    {
        StringBuilder text = new(Header + "\n");
        foreach (int pid in pids)
        {
            text.Append(pid).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The heading that ps(1) printed, and those of its lines whose PID column has one of these.</summary>
    /// <exception cref="RuntimeException">There is no such column.</exception>
    internal static string Filter(string output, IReadOnlyList<int> pids)
    {
        HashSet<int> wanted = [.. pids];
        StringBuilder text = new(output.Length);
        int column = -1;
        foreach (string line in output.Split('\n'))
        {
            string[] fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (column < 0)
            {
                column = Array.IndexOf(fields, Header);
                if (column < 0)
                {
                    throw new RuntimeException("couldn't find PID field in ps output: choose options that print it");
                }

                text.Append(line).Append('\n');
            }
            else if (column < fields.Length
                && int.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && wanted.Contains(pid))
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}

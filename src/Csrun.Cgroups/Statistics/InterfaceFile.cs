using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups.Statistics;

/// <summary>Traffic by interface, from /proc/PID/net/dev. Source: proc_pid_net(5).</summary>
public static class InterfaceFile
{
    private const int Fields = 17;

    /// <summary>The interfaces in the network namespace of a process, without the loopback device; none where the
    /// process is gone.</summary>
    public static IReadOnlyList<InterfaceStatistics> Read(int pid)
    {
        string? text = CgroupFile.ReadText(Kernel.AT_FDCWD, $"/proc/{pid}/net/dev", out _);
        return text is null ? [] : Parse(text);
    }

    /// <summary>The same of the file's text: two lines of heading, then name, colon and sixteen numbers.</summary>
    public static IReadOnlyList<InterfaceStatistics> Parse(string text)
    {
        List<InterfaceStatistics> interfaces = [];
        foreach (string line in text.Split('\n'))
        {
            int colon = line.LastIndexOf(':');
            if (colon < 0 || line.Contains('|', StringComparison.Ordinal))
            {
                continue;
            }

            string name = line[..colon].Trim();
            string[] fields = (name + " " + line[(colon + 1)..]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (name != "lo" && fields.Length == Fields)
            {
                interfaces.Add(new InterfaceStatistics(
                    name, At(1), At(2), At(3), At(4), At(9), At(10), At(11), At(12)));
            }

            ulong At(int index)
            {
                return StatisticsFiles.Number(fields[index]);
            }
        }

        return interfaces;
    }
}

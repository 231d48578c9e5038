using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.Conformance.Tests;

/// <summary>
/// What a container sees of itself, as sections of lines without what differs from one run to the next.
/// </summary>
internal static partial class SeenInsideProbe
{
    /// <summary>The line after which the script waits, so that the container can be looked at from outside.</summary>
    public const string End = "== end";

    /// <summary>Prints everything about the first process, which is the shell itself.</summary>
    public const string Script =
        """
        section() { echo "== $1"; }
        section status; cat /proc/1/status
        section limits; cat /proc/1/limits
        section mounts; cat /proc/1/mountinfo
        section devices; for f in $(find /dev | sort); do stat -c '%N %F %a %t:%T %u:%g' $f; done
        section environment; tr '\0' '\n' </proc/1/environ | sort
        section directories; readlink /proc/1/cwd; readlink /proc/1/root; ls -ld / /tmp /root
        section ids; id; cat /proc/1/uid_map /proc/1/gid_map /proc/1/setgroups
        section cgroup; cat /proc/1/cgroup
        section namespaces; for kind in /proc/1/ns/*; do echo "${kind##*/} $(readlink $kind)"; done
        section descriptors; for fd in /proc/1/fd/*; do [ -e $fd ] && echo "${fd##*/} $(readlink $fd)"; done
        section settings; for file in oom_score_adj personality coredump_filter loginuid sessionid attr/current; do
            echo "$file $(cat /proc/1/$file 2>&1)"; done
        section process; awk '{ print "group", $5, "session", $6, "tty", $7, "tpgid", $8, "priority", $18, "nice", $19,
            "policy", $41 }' /proc/1/stat
        section host; hostname; cat /proc/sys/kernel/domainname
        section sysctl; for file in net/ipv4/ping_group_range net/ipv4/ip_unprivileged_port_start kernel/shm_rmid_forced \
            net/core/somaxconn; do echo "$file $(cat /proc/sys/$file)"; done
        section network; ip -o addr; ip route
        section masked; for path in /proc/kcore /proc/keys /proc/acpi /proc/scsi /proc/timer_list /sys/firmware; do
            echo "$path $(ls -A $path 2>/dev/null | wc -l) $(head -c 1 $path 2>/dev/null | wc -c)"; done
        for path in /proc/sysrq-trigger /proc/sys/kernel/hostname /proc/irq /sys/kernel /proc/bus; do
            [ -w $path ] && echo "$path can be written" || echo "$path is read-only"; done
        section signals; trap
        echo "== end"
        sleep 1000
        """;

    // Counters, sizes and the processor's state: the program's and the machine's, not the runtime's.
    private static readonly string[] s_volatile =
        ["Vm", "Rss", "Hugetlb", "voluntary", "nonvoluntary", "SigQ", "FDSize", "State", "Threads", "untag", "x86"];

    /// <summary>Takes the script's output apart.</summary>
    /// <param name="output">All that it wrote.</param>
    /// <param name="normalise">Takes the container's id and place out of a line.</param>
    public static SortedDictionary<string, string[]> Parse(string output, Func<string, string> normalise)
    {
        SortedDictionary<string, string[]> sections = new(StringComparer.Ordinal);
        foreach (string part in output.Split("== ", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = normalise(part).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            sections[lines[0]] =
                [.. lines.Skip(1).Where(IsStable).Select(line => Stable(lines[0], line)).Order(StringComparer.Ordinal)];
        }

        return sections;
    }

    private static bool IsStable(string line)
    {
        return !s_volatile.Any(name => line.StartsWith(name, StringComparison.Ordinal));
    }

    private static string Stable(string section, string line)
    {
        return section switch
        {
            "mounts" => Mount(line),
            "namespaces" => Namespace(line),
            "descriptors" => Number().Replace(line, "[N]"),
            "directories" => TimeOfDay().Replace(line, "TIME"),
            _ => line,
        };
    }

    // "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" without the numbers.
    private static string Mount(string line)
    {
        string[] fields = line.Split(' ');
        int divider = Array.IndexOf(fields, "-");
        string propagation = string.Join(',', fields[6..divider].Select(field => field.Split(':')[0]));
        string fileSystem = string.Join(' ', fields[(divider + 1)..]);
        return $"{fields[4]} from {fields[3]} {fields[5]} [{propagation}] {fileSystem}";
    }

    private static string Namespace(string line)
    {
        string[] fields = line.Split(' ');
        string kind = fields[0].Replace("_for_children", "", StringComparison.Ordinal);
        string? host = File.ResolveLinkTarget($"/proc/self/ns/{kind}", false)?.Name;
        return $"{fields[0]} {(fields[1] == host ? "the host's" : "its own")}";
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Number();

    [GeneratedRegex(@"[A-Z][a-z]{2} +\d+ +\d\d:\d\d")]
    private static partial Regex TimeOfDay();
}

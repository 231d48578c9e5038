using System;
using System.Text.RegularExpressions;

namespace Csrun.Recordings.Tests;

/// <summary>A recorded container that ends otherwise under csrun than under Debian's runtime.</summary>
/// <param name="Csrun">How it ends under csrun.</param>
/// <param name="Debian">How it ends under Debian's runtime.</param>
/// <param name="Message">What csrun says of it; empty where it says nothing.</param>
/// <param name="Why">Why csrun is right.</param>
internal sealed record Difference(string Csrun, string Debian, string Message, string Why);

/// <summary>Where csrun and Debian's runtimes (runc 1.1.5, crun 1.8.1) differ, and why that is right.</summary>
internal static partial class Differences
{
    private const string Whole = "create 0, start 0, program 0, delete 0";

    /// <summary>A difference in how the life goes; null where there is none.</summary>
    public static Difference? Ends(string recording)
    {
        return recording switch
        {
            "podman/tty" or "podman/preserve-fds" or "podman/personality" or "podman/cgroups-disabled" => new(
                Whole,
                "create 0, a descriptor of the caller leaked, start 0, program 0, delete 0",
                "",
                "crun keeps the caller's stray descriptors open in the container until start; a caller that waits for "
                + "end of file on one of them, as buildah does, would wait for a program that nobody has started"),
            "podman/volume-idmap" => new(
                "create 1",
                Whole,
                "idmap needs",
                "runc of that age does not know the option and binds without a mapping, so that files have other "
                + "owners than were asked for; crun fails too. The configuration names no mapping, and there is no "
                + "user namespace to take one from"),
            "docker/privileged" or "podman-rootless/privileged" when MissingCapability.IsMissing => new(
                Whole,
                "create 1",
                MissingCapability.Name,
                "a capability that cannot be given is a warning (config.md, Capabilities: SHOULD NOT fail)"),
            "docker/exec-privileged" when MissingCapability.IsMissing => new(
                "create 0, start 0, exec 0, its program 0, kill 0, program 137, delete 0",
                "create 0, start 0, exec 255, kill 0, program 137, delete 0",
                MissingCapability.Name,
                "as for create"),
            _ => null,
        };
    }

    /// <summary>Whether what the program sees is not compared.</summary>
    public static bool InOutput(string recording)
    {
        return recording switch
        {
            // ps shows the host's processes, which come and go.
            "docker/pid-host" => true,
            _ => false,
        };
    }

    /// <summary>A program's output with what differs for a good reason as Debian's runtimes show it.</summary>
    public static string AsUnderDebians(string output)
    {
        // A masked directory is as small as can be, and nothing in it can be executed.
        output = MaskedDirectory().Replace(output, "(ro,relatime)");

        // The mount option ro holds for the directory above the hierarchies of cgroup version 1 as well.
        const string Holder = "/sys/fs/cgroup type tmpfs ";
        return output.Replace(Holder + "(ro,", Holder + "(rw,", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\(ro,nosuid,nodev,noexec,relatime,size=4k,nr_inodes=1\)")]
    private static partial Regex MaskedDirectory();
}

using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Csrun.Recordings.Tests;

/// <summary>The recordings that failed because their machine's root has no CAP_SYS_RESOURCE.</summary>
internal static class MissingCapability
{
    private const int Number = 24;

    public const string Name = "CAP_SYS_RESOURCE";

    /// <summary>Whether it is missing here too.</summary>
    public static bool IsMissing { get; } = (Bounding() & (1UL << Number)) == 0;

    /// <summary>Whether a recorded failure comes from that.</summary>
    public static bool Explains(string recording)
    {
        return recording is "docker/privileged" or "docker/exec-privileged" or "docker/oom-score-neg";
    }

    private static ulong Bounding()
    {
        string line = File.ReadLines("/proc/self/status")
            .Single(line => line.StartsWith("CapBnd:", StringComparison.Ordinal));
        return ulong.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}

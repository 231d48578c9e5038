using System;
using System.Runtime.CompilerServices;
using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Shim.Task;
using Csrun.Startup;

namespace Csrun;

/// <summary>The executable by the name of one of containerd's shims.</summary>
internal static class ShimEntry
{
    /// <summary>Whether argv[0] is such a name.</summary>
    public static bool IsShim(byte[][] arguments)
    {
        if (arguments.Length == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> program = arguments[0];
        return program[(program.LastIndexOf((byte)'/') + 1)..].StartsWith(ContainerdShim.NamePrefix);
    }

    /// <summary>Does what containerd asks; the exit status.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(byte[][] arguments)
    {
        return ContainerdShim.Run(new ShimHost(
            arguments,
            ProcessEntry.Environment,
            ExecutableSeal.Mark.ToArray(),
            BuildInfo.Version,
            () => FeatureList.ToJson()));
    }
}

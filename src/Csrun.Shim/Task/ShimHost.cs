using System;

namespace Csrun.Shim.Task;

/// <summary>What the executable around the shim knows.</summary>
/// <param name="Arguments">The command line, the program's own name included.</param>
/// <param name="Environment">Gives the environment's entries, without the seal's own.</param>
/// <param name="SealMark">The entry that tells a further run of this sealed file that it need not seal again.</param>
/// <param name="Version">The version, for people and for containerd.</param>
/// <param name="Features">Gives what <c>features</c> prints, as JSON.</param>
public sealed record ShimHost(
    byte[][] Arguments, Func<byte[][]> Environment, byte[] SealMark, string Version, Func<byte[]> Features)
{
    /// <summary>The value of an environment entry given with its equals sign; null where there is none.</summary>
    internal string? EnvironmentValue(ReadOnlySpan<byte> nameWithEquals)
    {
        foreach (byte[] entry in Environment())
        {
            if (entry.AsSpan().StartsWith(nameWithEquals))
            {
                return Linux.Utf8.ToText(entry.AsSpan(nameWithEquals.Length));
            }
        }

        return null;
    }
}

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace Csrun.ContainerdShim.Tests;

/// <summary>What a shim at rest holds.</summary>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Written">KiB of memory that are its own.</param>
internal readonly record struct Held(int Descriptors, long Written)
{
    /// <summary>A second after its last work a shim lets go of what it does not need.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    /// <summary>A collection leaves a little more one time than another.</summary>
    private const long Slack = 256;

    public static Held By(ShimUnderTest shim)
    {
        Thread.Sleep(Rest);
        return new Held(Directory.GetFiles($"/proc/{shim.Pid}/fd").Length, Memory(shim, "Private_Dirty:"));
    }

    /// <summary>Its memory in KiB, with its share of what it has together with others.</summary>
    public static long Pss(ShimUnderTest shim)
    {
        return Memory(shim, "Pss:");
    }

    public bool HasGrownSince(Held before)
    {
        return Written >= before.Written + Slack;
    }

    public void ShouldBeNoMoreThan(Held before)
    {
        Descriptors.Should().Be(before.Descriptors, "descriptors were closed");
        HasGrownSince(before).Should().BeFalse($"memory is given back: {Written} KiB now, {before.Written} KiB before");
    }

    private static long Memory(ShimUnderTest shim, string field)
    {
        string line = File.ReadAllLines($"/proc/{shim.Pid}/smaps_rollup")
            .Single(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

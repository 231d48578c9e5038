using System;
using Csrun.Linux;

namespace Csrun.Reporting;

/// <summary>Writes to a descriptor, which stays its owner's.</summary>
internal sealed class DescriptorSink : IByteSink
{
    private readonly int _descriptor;

    /// <summary>A sink over an open descriptor.</summary>
    internal DescriptorSink(int descriptor)
    {
        _descriptor = descriptor;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _ = Kernel.WriteAll(_descriptor, bytes);
}

using System;
using Csrun.Linux;

namespace Csrun.Commands;

/// <summary>Random numbers from the kernel.</summary>
internal static class RandomNumber
{
    /// <summary>A number from 0 to <paramref name="limit"/> - 1 (at most 256).</summary>
    public static int Below(int limit)
    {
        Span<byte> one = stackalloc byte[1];
        do
        {
            KernelException.Check(Kernel.getrandom(one), "getrandom");
        }
        while (one[0] >= 256 / limit * limit);

        return one[0] % limit;
    }
}

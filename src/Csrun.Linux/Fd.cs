using System;

namespace Csrun.Linux;

/// <summary>
/// An open file descriptor with one owner, closed where its <c>using</c> ends. A struct, so that nothing waits for a
/// finalizer; copies are the owner's to avoid.
/// </summary>
public readonly struct Fd : IDisposable
{
    private readonly int _plusOne;

    /// <summary>Takes ownership of <paramref name="number"/>; a negative number is no descriptor.</summary>
    public Fd(int number)
    {
        _plusOne = number < 0 ? 0 : number + 1;
    }

    /// <summary>The descriptor's number, or -1. The default value of the struct is no descriptor.</summary>
    public int Number => _plusOne - 1;

    /// <summary>Whether there is a descriptor.</summary>
    public bool IsOpen => _plusOne != 0;

    /// <summary>Closes an owner's descriptor and forgets it, so that closing again does nothing.</summary>
    public static void Close(ref Fd fd)
    {
        fd.Dispose();
        fd = default;
    }

    /// <summary>Closes the descriptor where there is one.</summary>
    public void Dispose()
    {
        if (IsOpen)
        {
            Kernel.close(Number);
        }
    }
}

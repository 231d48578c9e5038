using System;

namespace Csrun.Spec;

/// <summary>Faults found so far. Empty it allocates nothing, so a check that finds nothing costs nothing.</summary>
public struct FaultList
{
    /// <summary>A hostile document may hold millions of faults; nobody reads more than these.</summary>
    public const int Limit = 1000;

    private Fault[]? _faults;

    /// <summary>Number of faults.</summary>
    public int Count { get; private set; }

    /// <summary>The faults, in the order found.</summary>
    public readonly ReadOnlySpan<Fault> Faults => _faults.AsSpan(0, Count);

    /// <summary>Adds a fault; after the thousandth they are dropped.</summary>
    public void Add(string place, string message)
    {
        if (Count == Limit)
        {
            return;
        }

        _faults ??= new Fault[8];
        if (Count == _faults.Length)
        {
            Array.Resize(ref _faults, 2 * Count);
        }

        _faults[Count++] = new Fault(place, message);
    }
}

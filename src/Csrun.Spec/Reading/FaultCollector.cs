using System;
using System.Collections.Generic;
using System.Globalization;

namespace Csrun.Spec;

/// <summary>
/// Follows a <see cref="JsonCursor"/> through a document that is at fault: knows the place of the value at hand, notes
/// faults and where in the text each place is. Slow; used only when there is something to tell.
/// </summary>
internal sealed class FaultCollector
{
    private const ulong FirstHash = 14695981039346656037; // FNV-1a
    private const ulong HashPrime = 1099511628211;

    private readonly List<string> _path = [];
    private readonly List<int> _indexes = [];
    private readonly List<ulong> _parents = [];
    private readonly List<(long Offset, int Order, Fault Fault)> _faults = [];
    private readonly Dictionary<ulong, long> _offsets = [];
    private readonly HashSet<string> _hiding = [];
    private ulong _here = FirstHash;

    /// <summary>Whether nothing was found.</summary>
    public bool IsEmpty => _faults.Count == 0;

    /// <summary>Into an object or an array.</summary>
    public void Enter()
    {
        _path.Add("");
        _indexes.Add(0);
        _parents.Add(_here);
    }

    /// <summary>Out of it.</summary>
    public void Leave()
    {
        _path.RemoveAt(_path.Count - 1);
        _indexes.RemoveAt(_indexes.Count - 1);
        _parents.RemoveAt(_parents.Count - 1);
    }

    /// <summary>At a member of the innermost object, whose name begins at the offset.</summary>
    public void AtMember(ReadOnlySpan<byte> name, long offset) => At("." + JsonText.ToString(name), offset);

    /// <summary>The member is an entry of a map, its name data.</summary>
    public void AtEntry(ReadOnlySpan<byte> key, long offset) =>
        At($"[{Message.Quote(JsonText.ToString(key))}]", offset);

    /// <summary>At the next element of the innermost array, which begins at the offset.</summary>
    public void AtElement(long offset) =>
        At(string.Create(CultureInfo.InvariantCulture, $"[{_indexes[^1]++}]"), offset);

    /// <summary>Notes a fault of the value at hand.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="offset">Where the value begins.</param>
    /// <param name="hidesBelow">Whether the value was not read, so that validation sees something else there.</param>
    public void Add(string message, long offset, bool hidesBelow)
    {
        string place = Place();
        Add(new Fault(place, message), offset);
        if (hidesBelow)
        {
            _hiding.Add(place);
        }
    }

    /// <summary>Notes a fault of the text itself.</summary>
    public void AddText(string message, ReadOnlySpan<byte> text, int offset) =>
        Add(new Fault(TextPosition.Describe(text, offset), message), offset);

    /// <summary>All faults with those that validation found, in the order of the document.</summary>
    public Fault[] Merge(ReadOnlySpan<byte> text, ReadOnlySpan<Fault> validation)
    {
        foreach (Fault fault in validation)
        {
            if (!IsHidden(fault.Place))
            {
                Add(fault, OffsetOf(fault.Place));
            }
        }

        _faults.Sort(static (a, b) => (a.Offset, a.Order).CompareTo((b.Offset, b.Order)));
        Fault[] merged = new Fault[_faults.Count];
        for (int i = 0; i < merged.Length; i++)
        {
            (long offset, _, Fault fault) = _faults[i];
            merged[i] = fault.Place.Length == 0
                ? fault with { Place = TextPosition.Describe(text, (int)offset) }
                : fault;
        }

        return merged;
    }

    private void Add(Fault fault, long offset)
    {
        if (_faults.Count < FaultList.Limit)
        {
            _faults.Add((offset, _faults.Count, fault));
        }
    }

    private void At(string segment, long offset)
    {
        _path[^1] = segment;
        _here = Hash(_parents[^1], segment);
        _offsets.TryAdd(_here, offset);
    }

    /// <summary>
    /// Places by their hash: to put a million of them together as strings takes seconds, and where two should meet only
    /// the order of faults suffers.
    /// </summary>
    private static ulong Hash(ulong hash, string text)
    {
        foreach (char c in text)
        {
            hash = (hash ^ c) * HashPrime;
        }

        return hash;
    }

    private string Place()
    {
        string place = string.Concat(_path);
        return place.StartsWith('.') ? place[1..] : place;
    }

    private bool IsHidden(string place)
    {
        while (place.Length != 0)
        {
            if (_hiding.Contains(place))
            {
                return true;
            }

            place = Parent(place);
        }

        return false;
    }

    /// <summary>Where the place is in the text, or what would hold it if it were there.</summary>
    private long OffsetOf(string place)
    {
        while (place.Length != 0)
        {
            if (_offsets.TryGetValue(Hash(FirstHash, "." + place), out long offset))
            {
                return offset;
            }

            place = Parent(place);
        }

        return 0;
    }

    private static string Parent(string place) => place[..Math.Max(0, place.LastIndexOfAny(['.', '[']))];
}

using System;
using System.Collections.Generic;

namespace Csrun.Properties.Tests;

/// <summary>Mounts of the host that one test needs; gone with it, the last one first.</summary>
internal sealed class HostMounts : IDisposable
{
    private readonly Stack<string> _places = new();

    /// <summary>mount(8), for a place that exists.</summary>
    public HostMounts Add(string place, params string[] arguments)
    {
        Programs.Run("mount", [.. arguments, place]);
        _places.Push(place);
        return this;
    }

    public void Dispose()
    {
        while (_places.TryPop(out string? place))
        {
            Programs.Run("umount", place);
        }
    }
}

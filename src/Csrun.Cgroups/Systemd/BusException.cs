using System;

namespace Csrun.Cgroups.Systemd;

/// <summary>A method of a bus' service answered with an error.</summary>
internal sealed class BusException : Exception
{
    public BusException(string method, string name, string text)
        : base(text)
    {
        Method = method;
        Name = name;
    }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>The error's name, such as <c>org.freedesktop.systemd1.UnitExists</c>.</summary>
    public string Name { get; }
}

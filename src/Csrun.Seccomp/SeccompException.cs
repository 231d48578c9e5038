#pragma warning disable CA1032 // carries a fault, so the usual constructors make no sense

using System;
using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>A profile that cannot be compiled, with the place of what is wrong.</summary>
public sealed class SeccompException : Exception
{
    /// <summary>Says what is wrong at a place of config.json.</summary>
    public SeccompException(string place, string message)
        : base(message)
    {
        Fault = new Fault(place, message);
    }

    /// <summary>Place and message.</summary>
    public Fault Fault { get; }
}

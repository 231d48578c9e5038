using System;
using System.Globalization;
using Csrun.Runtime;

namespace Csrun.Checkpoint;

/// <summary>Who takes the memory of a dump, or hands it out.</summary>
/// <param name="Address">A host's name or address, without brackets.</param>
/// <param name="Port">Its port.</param>
public sealed record PageServer(string Address, int Port)
{
    /// <summary>Reads ADDRESS:PORT; an address with colons stands in brackets.</summary>
    /// <exception cref="RuntimeException">It is something else.</exception>
    public static PageServer Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string address = colon < 0 ? string.Empty : text[..colon];
        bool inBrackets = address.StartsWith('[') && address.EndsWith(']');
        address = inBrackets ? address[1..^1] : address;
        if (address.Length == 0
            || colon == text.Length - 1
            || address.AsSpan().ContainsAny('[', ']', '\0')
            || (!inBrackets && address.Contains(':', StringComparison.Ordinal)))
        {
            throw new RuntimeException("Use --page-server ADDRESS:PORT to specify page server");
        }

        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and <= ushort.MaxValue
            ? new PageServer(address, port)
            : throw new RuntimeException("--page-server: Invalid port number");
    }
}

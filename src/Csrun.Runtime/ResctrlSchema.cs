using System;
using System.Globalization;

namespace Csrun.Runtime;

/// <summary>
/// Lines of a schemata file, such as <c>L3:0=ff;1=f0</c>: a resource, and a number for each domain, decimal for memory
/// bandwidth, else a mask in hexadecimal.
/// </summary>
internal static class ResctrlSchema
{
    /// <summary>Whether every number of a line is the same in the file, however it is written there.</summary>
    /// <param name="file">The file's lines, indented as the kernel shows them.</param>
    /// <param name="line">The line.</param>
    public static bool Contains(ReadOnlySpan<string> file, string line)
    {
        foreach (string asked in line.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string resource = Resource(asked);
            string? there = null;
            foreach (string candidate in file)
            {
                there = Resource(candidate) == resource ? candidate : there;
            }

            if (there is null || !HasAll(there, asked, resource))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasAll(string there, string asked, string resource)
    {
        foreach (string domain in Domains(asked))
        {
            bool found = false;
            foreach (string other in Domains(there))
            {
                found |= AreSame(domain, other, resource);
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreSame(string one, string other, string resource)
    {
        return Parse(one, resource, out ulong domain, out ulong value)
            && Parse(other, resource, out ulong otherDomain, out ulong otherValue)
            && (domain, value) == (otherDomain, otherValue);
    }

    private static bool Parse(string text, string resource, out ulong domain, out ulong value)
    {
        NumberStyles style = resource.StartsWith("MB", StringComparison.Ordinal)
            ? NumberStyles.None
            : NumberStyles.AllowHexSpecifier;
        string[] parts = text.Split('=');
        value = 0;
        return ulong.TryParse(parts[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out domain)
            && parts.Length == 2 && ulong.TryParse(parts[1].Trim(), style, CultureInfo.InvariantCulture, out value);
    }

    private static string Resource(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? string.Empty : line[..colon].Trim();
    }

    private static string[] Domains(string line)
    {
        return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
            .Split(';', StringSplitOptions.RemoveEmptyEntries);
    }
}

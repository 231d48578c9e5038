using System;
using System.Globalization;

namespace Csrun.Spec;

/// <summary>A version as semver.org 2.0.0 has it; what follows the three numbers is checked and left out.</summary>
public readonly record struct SemanticVersion(uint Major, uint Minor, uint Patch)
{
    /// <summary>Reads a version: three numbers, then perhaps -pre.release and +build.metadata.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SemanticVersion version)
    {
        version = default;
        ReadOnlySpan<char> rest = text;
        if (Cut(ref rest, '+', out ReadOnlySpan<char> build) && !AreIdentifiers(build, numbersAreNumbers: false))
        {
            return false;
        }

        if (Cut(ref rest, '-', out ReadOnlySpan<char> release) && !AreIdentifiers(release, numbersAreNumbers: true))
        {
            return false;
        }

        if (!Cut(ref rest, '.', out ReadOnlySpan<char> minor)
            || !Cut(ref minor, '.', out ReadOnlySpan<char> patch)
            || !TryNumber(rest, out uint first)
            || !TryNumber(minor, out uint second)
            || !TryNumber(patch, out uint third))
        {
            return false;
        }

        version = new SemanticVersion(first, second, third);
        return true;
    }

    /// <summary>Splits at the first separator: what is before stays, what is after goes out.</summary>
    private static bool Cut(scoped ref ReadOnlySpan<char> text, char separator, out ReadOnlySpan<char> after)
    {
        int at = text.IndexOf(separator);
        if (at < 0)
        {
            after = default;
            return false;
        }

        after = text[(at + 1)..];
        text = text[..at];
        return true;
    }

    private static bool AreIdentifiers(ReadOnlySpan<char> text, bool numbersAreNumbers)
    {
        bool more = true;
        while (more)
        {
            more = Cut(ref text, '.', out ReadOnlySpan<char> rest);
            if (text.IsEmpty || (numbersAreNumbers && HasLeadingZero(text) && !text.ContainsAnyExceptInRange('0', '9')))
            {
                return false;
            }

            foreach (char c in text)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }

            text = rest;
        }

        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out uint number)
    {
        number = 0;
        return !HasLeadingZero(text)
            && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool HasLeadingZero(ReadOnlySpan<char> text) => text.Length > 1 && text[0] == '0';
}

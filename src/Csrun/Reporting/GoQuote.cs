using System;
using System.Globalization;
using System.Text;

namespace Csrun.Reporting;

/// <summary>Go's %q and logrus' use of it.</summary>
internal static class GoQuote
{
    /// <summary>The text in double quotes, with escapes for quotes, backslashes and what cannot be printed.</summary>
    internal static string Quote(string text)
    {
        StringBuilder quoted = new(text.Length + 2);
        quoted.Append('"');
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
            {
                quoted.Append('\\').Append((char)rune.Value);
            }
            else
            {
                AppendEscaped(quoted, rune);
            }
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A value as logrus' text form has it: bare while every character is harmless, quoted else.</summary>
    internal static string LogrusValue(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-._/@^+".Contains(c, StringComparison.Ordinal))
            {
                return Quote(text);
            }
        }

        return text;
    }

    /// <summary>Appends a character as it is if it can be printed, as Go's escape if not.</summary>
    internal static void AppendEscaped(StringBuilder text, Rune rune)
    {
        int value = rune.Value;
        if (value is >= '\a' and <= '\r')
        {
            text.Append('\\').Append("abtnvfr"[value - '\a']);
        }
        else if (value < ' ' || value == 0x7f)
        {
            text.Append("\\x").Append(value.ToString("x2", CultureInfo.InvariantCulture));
        }
        else if (IsPrintable(rune))
        {
            text.Append(rune.ToString());
        }
        else if (value < 0x10000)
        {
            text.Append("\\u").Append(value.ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            text.Append("\\U").Append(value.ToString("x8", CultureInfo.InvariantCulture));
        }
    }

    // Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}

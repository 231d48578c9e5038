using System;
using System.Collections.Generic;

namespace Csrun.CommandLine;

/// <summary>Compares argv's bytes with the words of the tables, which are ASCII.</summary>
internal static class Words
{
    private const int LongestWord = 40;

    /// <summary>Whether the bytes are exactly this word.</summary>
    internal static bool Same(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> word) =>
        bytes.Length == word.Length && IsStartOf(bytes, word);

    /// <summary>Whether the word begins with these bytes.</summary>
    internal static bool IsStartOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> word)
    {
        if (bytes.Length > word.Length)
        {
            return false;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != word[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the bytes are one of the alternatives of a choice, which are divided by |.</summary>
    internal static bool IsOneOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> choice)
    {
        foreach (Range range in choice.Split('|'))
        {
            if (Same(bytes, choice[range]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The word nearest to a mistyped one: the first that begins with it, or one at most two keystrokes away and fewer
    /// than half of it.
    /// </summary>
    internal static string? Nearest(string typed, IEnumerable<string> words)
    {
        string? nearest = null;
        if (typed.Length > LongestWord)
        {
            return nearest;
        }

        int least = Math.Min(3, (typed.Length + 1) / 2);
        foreach (string word in words)
        {
            bool isBeginning = typed.Length > 1 && word.StartsWith(typed, StringComparison.Ordinal);
            int distance = isBeginning ? 0 : Distance(typed, word);
            if (distance < least)
            {
                least = distance;
                nearest = word;
            }
        }

        return nearest;
    }

    // Levenshtein's, with two neighbours swapped counted as one mistake. A row of the table is kept for each prefix
    // of a.
    private static int Distance(string a, string b)
    {
        int[] beforeLast = [];
        int[] last = [];
        for (int i = 0; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    row[j] = i + j;
                    continue;
                }

                int change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[^1];
    }

    /// <summary>How many digits and points a text begins with.</summary>
    internal static int NumberLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '.'))
        {
            length++;
        }

        return length;
    }
}

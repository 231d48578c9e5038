using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// Mount options that carry an SELinux label. A label has commas, so mount(2) wants it in quotes; callers that take
/// options apart at commas leave it in several words, which runc and crun put together again with commas.
/// </summary>
public static class LabelOption
{
    /// <summary>Whether this is a mount option's name that carries a label.</summary>
    public static bool IsName(string name)
    {
        return name is "context" or "fscontext" or "defcontext" or "rootcontext";
    }

    /// <summary>An option as it stands between others in mount(2)'s text.</summary>
    public static string Quoted(string option)
    {
        int value = ValueOf(option);
        return value < 0 ? option : option[..value] + "\"" + option[value..] + "\"";
    }

    /// <summary>The options with each label whole and without quotes; a quote that nothing closes is left.</summary>
    internal static IReadOnlyList<string> Unquoted(IReadOnlyList<string> options)
    {
        int first = 0;
        while (first < options.Count && !IsOpened(options[first]))
        {
            first++;
        }

        if (first == options.Count)
        {
            return options;
        }

        List<string> result = [];
        for (int i = 0; i < options.Count; i++)
        {
            result.Add(IsOpened(options[i]) ? Label(options, ref i) : options[i]);
        }

        return result;
    }

    private static string Label(IReadOnlyList<string> options, ref int index)
    {
        string option = options[index];
        int quote = ValueOf(option);
        int last = index;
        while (!IsClosed(option, quote))
        {
            last++;
            if (last == options.Count)
            {
                return options[index];
            }

            option += "," + options[last];
        }

        index = last;
        return option[..quote] + option[(quote + 1)..^1];
    }

    private static bool IsOpened(string option)
    {
        int value = ValueOf(option);
        return value >= 0 && value < option.Length && option[value] == '"';
    }

    private static bool IsClosed(string option, int quote)
    {
        return option.Length > quote + 1 && option[^1] == '"';
    }

    /// <summary>Where a label's option has its value; -1 of other options.</summary>
    private static int ValueOf(string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && IsName(option[..equals]) ? equals + 1 : -1;
    }
}

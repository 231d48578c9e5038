using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Csrun.Cgroups.Statistics;

/// <summary>Reads the forms in which control files hold numbers. A missing file has none.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "for the parent only: the child does not come here")]
internal static class StatisticsFiles
{
    private const NumberStyles Digits = NumberStyles.None;

    /// <summary>A file with one number; <c>max</c> is ulong.MaxValue.</summary>
    public static ulong Number(int directory, string file)
    {
        return Number(CgroupFile.ReadText(directory, file, out _));
    }

    /// <summary>The same of text, 0 where it is none.</summary>
    public static ulong Number(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return text.SequenceEqual("max") ? ulong.MaxValue
            : ulong.TryParse(text, Digits, CultureInfo.InvariantCulture, out ulong value) ? value
            : 0;
    }

    /// <summary>A file of lines with a name and a number.</summary>
    public static SortedDictionary<string, ulong> Keyed(int directory, string file)
    {
        SortedDictionary<string, ulong> values = new(StringComparer.Ordinal);
        foreach (string line in Lines(directory, file))
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank > 0)
            {
                values[line[..blank]] = Number(line.AsSpan(blank + 1));
            }
        }

        return values;
    }

    /// <summary>One number of such a file.</summary>
    public static ulong Keyed(int directory, string file, string key)
    {
        return Keyed(directory, file).GetValueOrDefault(key);
    }

    /// <summary>The lines of a file.</summary>
    public static string[] Lines(int directory, string file)
    {
        string? text = CgroupFile.ReadText(directory, file, out _);
        return string.IsNullOrEmpty(text) ? [] : text.Split('\n');
    }

    /// <summary>A list of ranges such as <c>0-2,7</c>, one number each.</summary>
    public static List<ushort> Ranges(ReadOnlySpan<char> text)
    {
        List<ushort> numbers = [];
        foreach (Range part in text.Split(','))
        {
            ReadOnlySpan<char> range = text[part].Trim();
            int dash = range.IndexOf('-');
            ReadOnlySpan<char> first = dash < 0 ? range : range[..dash];
            ReadOnlySpan<char> last = dash < 0 ? range : range[(dash + 1)..];
            if (ushort.TryParse(first, Digits, CultureInfo.InvariantCulture, out ushort from)
                && ushort.TryParse(last, Digits, CultureInfo.InvariantCulture, out ushort to))
            {
                for (int number = from; number <= to; number++)
                {
                    numbers.Add((ushort)number);
                }
            }
        }

        return numbers;
    }

    /// <summary>A pressure file; null where there is none or accounting is off.</summary>
    public static PressureStatistics? Pressure(int directory, string file)
    {
        PressureLine? some = null;
        PressureLine? full = null;
        foreach (string line in Lines(directory, file))
        {
            string[] fields = line.Split(' ');
            if (fields.Length == 5)
            {
                PressureLine values = new(
                    Real(fields[1], "avg10="), Real(fields[2], "avg60="), Real(fields[3], "avg300="),
                    Number(fields[4].AsSpan(int.Min(6, fields[4].Length))));
                some = fields[0] == "some" ? values : some;
                full = fields[0] == "full" ? values : full;
            }
        }

        return some is null ? null : new PressureStatistics(some, full);
    }

    private static double Real(string field, string prefix)
    {
        return field.StartsWith(prefix, StringComparison.Ordinal)
            && double.TryParse(
                field.AsSpan(prefix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out double value)
            ? value
            : 0;
    }

    /// <summary>
    /// Lines of a device or resource with named numbers behind it: <c>mlx hca_handle=3 hca_object=max</c>.
    /// </summary>
    public static List<RdmaEntry> Rdma(int directory, string file)
    {
        List<RdmaEntry> entries = [];
        foreach (string line in Lines(directory, file))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 0)
            {
                entries.Add(new RdmaEntry(
                    fields[0], (uint)ulong.Min(Named(fields, "hca_handle="), uint.MaxValue),
                    (uint)ulong.Min(Named(fields, "hca_object="), uint.MaxValue)));
            }
        }

        return entries;
    }

    /// <summary>The number behind a name among fields such as <c>rbytes=7</c>.</summary>
    public static ulong Named(string[] fields, string name)
    {
        foreach (string field in fields)
        {
            if (field.StartsWith(name, StringComparison.Ordinal))
            {
                return Number(field.AsSpan(name.Length));
            }
        }

        return 0;
    }
}

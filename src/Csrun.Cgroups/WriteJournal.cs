using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>What control files held before they were written, so that writes of which one is refused go back.</summary>
internal sealed class WriteJournal
{
    private readonly List<(CgroupDirectory Directory, string File, string Value)> _before = [];

    /// <summary>What undoes a write to this file; null where the file cannot be read.</summary>
    public static string? ReadBefore(int fd, CgroupWrite write, string file, string value)
    {
        if (CgroupFile.ReadText(fd, file, out _) is not string text)
        {
            return null;
        }

        int blank = value.IndexOf(' ', StringComparison.Ordinal);
        bool isKeyed = blank > 0 && write.Controller is not ("cpu" or "cpuset");
        return isKeyed ? LineOf(text, value[..blank]) ?? Nothing(file, value[..blank]) : FirstLine(text);
    }

    /// <summary>Notes a write that was done.</summary>
    public void Add(CgroupDirectory directory, string file, string? before)
    {
        if (before is not null)
        {
            _before.Add((directory, file, before));
        }
    }

    /// <summary>
    /// Takes all back, the last first: each state on the way was there before. What fails stays as it is.
    /// </summary>
    public void TakeBack()
    {
        for (int i = _before.Count - 1; i >= 0; i--)
        {
            (CgroupDirectory directory, string file, string value) = _before[i];
            using Fd fd = new(directory.TryOpen());
            if (fd.IsOpen)
            {
                _ = CgroupFile.Write(fd.Number, file, value);
            }
        }
    }

    private static string FirstLine(string text)
    {
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    private static string? LineOf(string text, string key)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.Length > key.Length && line[key.Length] is ' ' or '\t'
                && line.StartsWith(key, StringComparison.Ordinal))
            {
                return line.Replace('\t', ' ');
            }
        }

        return null;
    }

    /// <summary>How files with a line for each device say that there is no limit.</summary>
    private static string Nothing(string file, string key)
    {
        return key + file switch
        {
            "io.max" => " rbps=max wbps=max riops=max wiops=max",
            "rdma.max" => " hca_handle=max hca_object=max",
            "io.weight" => " default",
            _ => " 0",
        };
    }
}

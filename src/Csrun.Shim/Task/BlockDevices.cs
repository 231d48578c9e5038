using System;
using System.Globalization;
using System.Text;

namespace Csrun.Shim.Task;

/// <summary>Names of block devices by their numbers (/proc/partitions).</summary>
internal static class BlockDevices
{
    /// <summary>Such as <c>/dev/sda</c>; empty where the kernel lists no such device.</summary>
    public static string NameOf(ulong major, ulong minor)
    {
        const int FieldsOfALine = 4;
        string wanted = major.ToString(CultureInfo.InvariantCulture);
        string wantedMinor = minor.ToString(CultureInfo.InvariantCulture);
        foreach (string line in Encoding.UTF8.GetString(Files.Read("/proc/partitions") ?? []).Split('\n'))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == FieldsOfALine && fields[0] == wanted && fields[1] == wantedMinor)
            {
                return "/dev/" + fields[3];
            }
        }

        return "";
    }
}

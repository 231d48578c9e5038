using System;

namespace Csrun.Linux;

/// <summary>Signals by the names people write (signal(7)).</summary>
public static class SignalNames
{
    private const int RealTimeMin = 34;

    private static readonly string[] s_names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Reads a number, or a name with or without SIG, in either case; RTMIN+N and RTMAX-N too.</summary>
    public static bool TryParse(string word, out int signal)
    {
        if (int.TryParse(word, out signal))
        {
            return signal is >= 0 and <= Kernel.SignalCount && char.IsAsciiDigit(word[0]);
        }

        ReadOnlySpan<char> name = word;
        if (name.StartsWith("SIG", StringComparison.OrdinalIgnoreCase))
        {
            name = name[3..];
        }

        for (int i = 1; i < s_names.Length; i++)
        {
            if (name.Equals(s_names[i], StringComparison.OrdinalIgnoreCase))
            {
                signal = i;
                return true;
            }
        }

        return TryAlias(name, out signal) || TryRealTime(name, out signal);
    }

    private static bool TryAlias(ReadOnlySpan<char> name, out int signal)
    {
        signal = 0;
        if (name.Equals("IOT", StringComparison.OrdinalIgnoreCase))
        {
            signal = Kernel.SIGABRT;
        }
        else if (name.Equals("CLD", StringComparison.OrdinalIgnoreCase))
        {
            signal = Kernel.SIGCHLD;
        }
        else if (name.Equals("POLL", StringComparison.OrdinalIgnoreCase))
        {
            signal = 29;
        }

        return signal != 0;
    }

    private static bool TryRealTime(ReadOnlySpan<char> name, out int signal)
    {
        signal = 0;
        bool fromMin = name.StartsWith("RTMIN", StringComparison.OrdinalIgnoreCase);
        if (!fromMin && !name.StartsWith("RTMAX", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        int start = fromMin ? RealTimeMin : Kernel.SignalCount;
        ReadOnlySpan<char> offset = name["RTMIN".Length..];
        if (offset.IsEmpty)
        {
            signal = start;
            return true;
        }

        if (offset[0] != (fromMin ? '+' : '-') || !int.TryParse(offset[1..], out int distance)
            || distance is < 0 or > 30)
        {
            return false;
        }

        signal = fromMin ? start + distance : start - distance;
        return signal is >= RealTimeMin and <= Kernel.SignalCount;
    }
}

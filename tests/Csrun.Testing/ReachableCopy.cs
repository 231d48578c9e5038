using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using Mono.Unix.Native;

namespace Csrun.Testing;

/// <summary>
/// A program at a path that every user can reach: a repository may lie below a private directory (a home, what mktemp
/// makes), where only its owner gets to bin/csrun.
/// </summary>
internal static class ReachableCopy
{
    private static readonly ConcurrentDictionary<string, string> s_copies = new();

    /// <summary>The path itself where everybody gets to it; else that of a copy, gone with this process.</summary>
    public static string Of(string program)
    {
        return IsReachable(program) ? program : s_copies.GetOrAdd(program, Make);
    }

    private static bool IsReachable(string program)
    {
        for (string? path = Path.GetDirectoryName(program); path is not null; path = Path.GetDirectoryName(path))
        {
            if (Syscall.stat(path, out Stat stat) != 0 || (stat.st_mode & FilePermissions.S_IXOTH) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string Make(string program)
    {
        string directory = Path.Combine(
            WorkDirectory.Top, "for-users-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        }

        string copy = Path.Combine(directory, Path.GetFileName(program));
        File.Copy(program, copy, overwrite: true);
        return copy;
    }
}

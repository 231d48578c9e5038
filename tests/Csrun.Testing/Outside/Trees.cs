using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using Mono.Unix.Native;

namespace Csrun.Testing.Outside;

/// <summary>File trees, looked at without following anything: as find -printf '%p %y %i %m %l', and what is in the files.</summary>
internal static class Trees
{
    internal static IEnumerable<KeyValuePair<string, string>> Look(string top, bool withContent)
    {
        Stack<string> left = new([top]);
        while (left.TryPop(out string? path))
        {
            if (Syscall.lstat(path, out Stat stat) != 0)
            {
                continue;
            }

            yield return KeyValuePair.Create(path, Describe(path, stat, withContent));
            if (KindOf(stat) == FilePermissions.S_IFDIR)
            {
                foreach (string child in Directory.GetFileSystemEntries(path))
                {
                    left.Push(child);
                }
            }
        }
    }

    private static string Describe(string path, Stat stat, bool withContent)
    {
        FilePermissions kind = KindOf(stat);
        string mode = Convert.ToString((uint)stat.st_mode & 0x0fff, 8);
        string common = $"{kind} inode {stat.st_ino} mode {mode} owner {stat.st_uid}:{stat.st_gid} rdev {stat.st_rdev:x}";
        return kind switch
        {
            FilePermissions.S_IFLNK => $"{common} -> {new FileInfo(path).LinkTarget}",
            FilePermissions.S_IFREG when withContent => $"{common} sha256 {Hash(path)}",
            _ => common,
        };
    }

    private static FilePermissions KindOf(Stat stat)
    {
        return stat.st_mode & FilePermissions.S_IFMT;
    }

    private static string Hash(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}

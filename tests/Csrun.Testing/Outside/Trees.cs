using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using Mono.Unix.Native;

namespace Csrun.Testing.Outside;

/// <summary>
/// File trees, looked at without following anything: as find -printf '%p %y %i %m %l', and what is in the files.
/// </summary>
internal static class Trees
{
    private static readonly ConcurrentDictionary<string, (FileVersion Version, string Hash)> s_hashes = [];

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
                foreach (string child in Entries(path))
                {
                    left.Push(child);
                }
            }
        }
    }

    // None of one that goes meanwhile: whether it should be there shows at the next look.
    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static string Describe(string path, Stat stat, bool withContent)
    {
        FilePermissions kind = KindOf(stat);
        string mode = Convert.ToString((uint)stat.st_mode & 0x0fff, 8);
        string common =
            $"{kind} inode {stat.st_ino} mode {mode} owner {stat.st_uid}:{stat.st_gid} rdev {stat.st_rdev:x}";
        return kind switch
        {
            FilePermissions.S_IFLNK => $"{common} -> {new FileInfo(path).LinkTarget}",
            FilePermissions.S_IFREG when withContent => $"{common} sha256 {Hash(path, stat)}",
            _ => common,
        };
    }

    private static FilePermissions KindOf(Stat stat)
    {
        return stat.st_mode & FilePermissions.S_IFMT;
    }

    // Every write moves the time of the last change: what was read once is read again only then.
    private static string Hash(string path, Stat stat)
    {
        FileVersion version = new(stat.st_ino, stat.st_size, stat.st_ctime, stat.st_ctime_nsec);
        if (s_hashes.TryGetValue(path, out (FileVersion Version, string Hash) known) && known.Version == version)
        {
            return known.Hash;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string hash = Convert.ToHexString(SHA256.HashData(file));
        s_hashes[path] = (version, hash);
        return hash;
    }

    private readonly record struct FileVersion(ulong Inode, long Size, long Seconds, long Nanoseconds);
}

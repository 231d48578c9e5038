using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Writes limits into a cgroup's directory, and says what the kernel did not want and why.</summary>
internal static class ResourceWriter
{
    /// <summary>Whether any of the writes belongs here.</summary>
    public static bool Concerns(CgroupDirectory directory, IReadOnlyList<CgroupWrite> writes)
    {
        foreach (CgroupWrite write in writes)
        {
            if (IsFor(directory, write))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Performs the writes that belong here, in order.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="fd">The directory, open.</param>
    /// <param name="writes">The writes; those of other controllers are passed over.</param>
    /// <param name="journal">Gets what was there before; null where nothing is taken back.</param>
    /// <exception cref="KernelException">The first that the kernel refuses.</exception>
    public static void Write(
        CgroupDirectory directory, int fd, IReadOnlyList<CgroupWrite> writes, WriteJournal? journal = null)
    {
        List<CgroupWrite>? deferred = null;
        int group = 0;
        foreach (CgroupWrite write in writes)
        {
            if (!IsFor(directory, write))
            {
                continue;
            }

            if (deferred is not null && write.Group != group)
            {
                Retry(directory, fd, deferred, journal);
                deferred = null;
            }

            int result = Write(directory, fd, write, journal);
            if (result == -(int)Errno.EINVAL && write.Group != 0)
            {
                group = write.Group;
                deferred ??= [];
                deferred.Add(write);
            }
            else
            {
                Check(directory, fd, write, result);
            }
        }

        if (deferred is not null)
        {
            Retry(directory, fd, deferred, journal);
        }
    }

    /// <summary>What was refused as invalid may fit now that its neighbours are written.</summary>
    private static void Retry(CgroupDirectory directory, int fd, List<CgroupWrite> deferred, WriteJournal? journal)
    {
        while (deferred.Count > 0)
        {
            int before = deferred.Count;
            int last = 0;
            for (int i = deferred.Count - 1; i >= 0; i--)
            {
                int result = Write(directory, fd, deferred[i], journal);
                if (result == -(int)Errno.EINVAL)
                {
                    last = result;
                    continue;
                }

                Check(directory, fd, deferred[i], result);
                deferred.RemoveAt(i);
            }

            if (deferred.Count == before)
            {
                Check(directory, fd, deferred[0], last);
            }
        }
    }

    private static bool IsFor(CgroupDirectory directory, CgroupWrite write)
    {
        return directory.IsUnified || directory.Has(write.Controller);
    }

    private static int Write(CgroupDirectory directory, int fd, CgroupWrite write, WriteJournal? journal)
    {
        int result = Write(directory, fd, write, write.File, write.Value, journal);
        if (result == -(int)Errno.ENOENT && write.OtherFile is not null)
        {
            result = Write(directory, fd, write, write.OtherFile, write.OtherValue!, journal);
        }

        return result == -(int)Errno.ENOENT && write.MayBeMissing ? 0 : result;
    }

    private static int Write(
        CgroupDirectory directory, int fd, CgroupWrite write, string file, string value, WriteJournal? journal)
    {
        string? before = journal is null ? null : WriteJournal.ReadBefore(fd, write, file, value);
        int result = CgroupFile.Write(fd, file, value);
        if (result >= 0)
        {
            journal?.Add(directory, file, before);
        }

        return result;
    }

    private static void Check(CgroupDirectory directory, int fd, CgroupWrite write, int result)
    {
        if (result < 0)
        {
            throw new KernelException(
                $"write {write.Value} to",
                directory.PathOf(write.File),
                (Errno)(-result),
                write.Place,
                RefusalHints.For(fd, write, (Errno)(-result)));
        }
    }
}

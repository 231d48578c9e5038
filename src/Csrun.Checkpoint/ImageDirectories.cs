using System;
using Csrun.Checkpoint.Messages;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Checkpoint;

/// <summary>The directories of the images and of criu's log, opened.</summary>
internal readonly struct ImageDirectories : IDisposable
{
    private const uint Mode = 0x1C0; // 0700: the images hold the processes' memory

    private readonly Fd _images;
    private readonly Fd _work;

    private ImageDirectories(Fd images, Fd work)
    {
        _images = images;
        _work = work;
    }

    /// <summary>The images.</summary>
    public int Images => _images.Number;

    /// <summary>Tells criu of them, which opens this process's descriptors by /proc.</summary>
    public void Tell(CriuOptions criu)
    {
        criu.ImagesDirFd = Images;
        if (_work.IsOpen)
        {
            criu.WorkDirFd = _work.Number;
        }
    }

    /// <summary>
    /// Opens them. That of the log is made where it is missing, that of the images too where they are saved.
    /// </summary>
    public static ImageDirectories Open(CheckpointOptions options, bool save)
    {
        if (save)
        {
            Make(options.ImagePath, "--image-path");
            CheckParent(options);
        }

        Fd images = OpenDirectory(options.ImagePath, "--image-path");
        if (options.WorkPath is not string work)
        {
            return new ImageDirectories(images, default);
        }

        Make(work, "--work-path");
        return new ImageDirectories(images, OpenDirectory(work, "--work-path"));
    }

    /// <summary>
    /// Whether the images have the contents of a network namespace, which is not so where it was left empty.
    /// </summary>
    public bool HaveNetwork()
    {
        using Fd list = new(KernelException.Check(
            Kernel.openat(Images, ".\0"u8, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open", default, "--image-path"));
        DirectoryEntries entries = new(list.Number, new byte[8192]);
        while (entries.MoveNext())
        {
            if (entries.Name.StartsWith("netns-"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Closes them.</summary>
    public void Dispose()
    {
        _images.Dispose();
        _work.Dispose();
    }

    private static void CheckParent(CheckpointOptions options)
    {
        const string Flag = "--parent-path";
        if (options.ParentPath is not string parent)
        {
            return;
        }

        if (parent.StartsWith('/'))
        {
            throw new RuntimeException("--parent-path must be relative");
        }

        OpenDirectory(options.ImagePath + "/" + parent, Flag).Dispose();
    }

    private static Fd OpenDirectory(string path, string flag)
    {
        byte[] name = Utf8.Terminated(path);
        return new Fd(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, name, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open", name, flag));
    }

    private static void Make(string path, string flag)
    {
        byte[] name = Utf8.Terminated(path);
        for (int i = 1; i < name.Length; i++)
        {
            if (name[i] is not ((byte)'/' or 0))
            {
                continue;
            }

            byte[] prefix = [.. name.AsSpan(0, i), 0];
            int made = Kernel.mkdirat(Kernel.AT_FDCWD, prefix, Mode);
            if (made < 0 && made != -(int)Errno.EEXIST)
            {
                throw new KernelException("mkdir", Utf8.ToText(prefix), (Errno)(-made), flag);
            }
        }
    }
}

using System;
using Csrun.Linux;

namespace Csrun.Runtime.Shim;

/// <summary>
/// The directory <c>shim</c> in a container's own: the named pipes of its standard streams, what its shim tells others,
/// the socket for attach, and the log where no other place was named. Root's alone.
/// </summary>
public sealed class ShimDirectory : IDisposable
{
    private const uint DirectoryMode = 0x1C0; // 0700
    private const uint PrivateFile = 0x180; // 0600
    private const uint PipeMode = 0x1B6; // 0666
    private const int MaxOptions = 65536;
    private const int EndMilliseconds = 2000;

    private readonly Fd _directory;

    private ShimDirectory(Fd directory)
    {
        _directory = directory;
    }

    /// <summary>The directory.</summary>
    public int Descriptor => _directory.Number;

    /// <summary>The pipe from which the container reads.</summary>
    public static ReadOnlySpan<byte> Input => "stdin\0"u8;

    /// <summary>The pipe of its standard output.</summary>
    public static ReadOnlySpan<byte> Output => "stdout\0"u8;

    /// <summary>The pipe of its standard error.</summary>
    public static ReadOnlySpan<byte> Error => "stderr\0"u8;

    /// <summary>The socket that attach connects to.</summary>
    public static ReadOnlySpan<byte> Socket => "attach.sock\0"u8;

    /// <summary>The log, where none was named.</summary>
    public static ReadOnlySpan<byte> Log => "log\0"u8;

    private static ReadOnlySpan<byte> Name => "shim\0"u8;

    private static ReadOnlySpan<byte> Status => "status\0"u8;

    private static ReadOnlySpan<byte> Options => "options\0"u8;

    /// <summary>Makes the directory of a new container's shim, with its options and an empty status.</summary>
    /// <param name="container">The container's own directory.</param>
    /// <param name="options">What a later shim must know.</param>
    /// <exception cref="KernelException">It cannot be made.</exception>
    public static ShimDirectory Make(int container, ReadOnlySpan<byte> options)
    {
        KernelException.Check(Kernel.mkdirat(container, Name, DirectoryMode), "mkdir", Name, "--root");
        if (Open(container) is not ShimDirectory made)
        {
            _ = Kernel.unlinkat(container, Name, Kernel.AT_REMOVEDIR);
            throw new KernelException("open", "shim", Errno.EMFILE, "--root");
        }

        try
        {
            int flags = Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_EXCL | Kernel.O_CLOEXEC;
            using Fd file = made.OpenFile(Options, flags);
            KernelException.Check(Kernel.WriteAll(file.Number, options), "write", "shim/options"u8, "--root");
            using Fd status = made.OpenFile(Status, flags);
            default(ShimStatus).Write(status.Number);
            return made;
        }
        catch (KernelException)
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Opens the directory in a container's own; null where the container was made without a shim.</summary>
    public static ShimDirectory? Open(int container)
    {
        int fd = Kernel.openat(
            container, Name, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC);
        return fd < 0 ? null : new ShimDirectory(new Fd(fd));
    }

    /// <summary>
    /// Removes the directory with all in it. A shim that is still there is told to end, and killed if need be.
    /// </summary>
    internal static void Remove(int container)
    {
        using ShimDirectory? directory = Open(container);
        if (directory is null)
        {
            return;
        }

        directory.EndShim();
        DirectoryEntries entries = new(directory.Descriptor, new byte[4096]);
        while (entries.MoveNext())
        {
            _ = Kernel.unlinkat(directory.Descriptor, entries.Name, 0);
        }

        _ = Kernel.unlinkat(container, Name, Kernel.AT_REMOVEDIR);
    }

    /// <summary>What the shim tells; null where it cannot be read.</summary>
    public ShimStatus? ReadStatus()
    {
        using Fd file = new(Kernel.openat(
            Descriptor, Status, Kernel.O_RDONLY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC));
        return file.IsOpen && ShimStatus.Read(file.Number, out ShimStatus status) ? status : null;
    }

    /// <summary>Opens the status file.</summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    public Fd OpenStatus(int flags)
    {
        return OpenFile(Status, flags | Kernel.O_CLOEXEC);
    }

    /// <summary>What was noted at create.</summary>
    /// <exception cref="KernelException">It cannot be read.</exception>
    public byte[] ReadOptions()
    {
        using Fd file = OpenFile(Options, Kernel.O_RDONLY | Kernel.O_CLOEXEC);
        byte[] content = FileContent.Read(file.Number, MaxOptions, out int length)
            ?? throw new KernelException("read", "shim/options", Errno.EIO);
        return content[..length];
    }

    /// <summary>
    /// Makes a named pipe. Whoever the program becomes may open its /dev/stdout anew; nobody else gets into the
    /// directory.
    /// </summary>
    public void MakePipe(ReadOnlySpan<byte> name)
    {
        KernelException.Check(
            Kernel.mknodat(Descriptor, name, Kernel.S_IFIFO | PrivateFile, 0), "mkfifo", name, "--root");
        KernelException.Check(Kernel.fchmodat(Descriptor, name, PipeMode), "chmod", name, "--root");
    }

    /// <summary>
    /// Opens a file of the directory, which is never a link; close-on-exec unless the flags say else.
    /// </summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    public Fd OpenFile(ReadOnlySpan<byte> name, int flags)
    {
        return new Fd(KernelException.Check(
            Kernel.openat(Descriptor, name, flags | Kernel.O_NOFOLLOW, PrivateFile), "open", name, "--root"));
    }

    /// <summary>
    /// The path of a file in the directory for calls that take no directory descriptor, however long the real one is.
    /// </summary>
    public byte[] PathOf(ReadOnlySpan<byte> name)
    {
        return [.. "/proc/self/fd/"u8, .. Digits(Descriptor), (byte)'/', .. name];
    }

    /// <summary>Closes the directory.</summary>
    public void Dispose()
    {
        _directory.Dispose();
    }

    private static byte[] Digits(int number)
    {
        Span<byte> digits = stackalloc byte[11];
        _ = number.TryFormat(digits, out int length);
        return digits[..length].ToArray();
    }

    private void EndShim()
    {
        // A shim that takes its container back before anybody knew of it is not the one to end.
        if (ReadStatus() is not ShimStatus status || status.ShimPid == Kernel.getpid())
        {
            return;
        }

        using Fd process = new(status.Shim.OpenPidfd());
        if (process.IsOpen)
        {
            _ = Kernel.pidfd_send_signal(process.Number, Kernel.SIGTERM);
            if (!ProcessWait.ForEnd(process.Number, EndMilliseconds))
            {
                _ = Kernel.pidfd_send_signal(process.Number, Kernel.SIGKILL);
                _ = ProcessWait.ForEnd(process.Number, EndMilliseconds);
            }
        }
    }
}

using System;
using Csrun.Linux;
using Csrun.Runtime.Shim;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// One container's directory under the state root: state.json, exec.fifo, and the lock that orders commands on the
/// container (flock on the directory itself). Held from opening to <see cref="Dispose"/>.
/// </summary>
public sealed class ContainerDirectory : IDisposable
{
    private const uint DirectoryMode = 0x1C9; // 0711
    private const uint PrivateFile = 0x180; // 0600
    private const int MaxState = 64 << 20;

    private readonly int _root;
    private readonly int _directory;
    private readonly byte[] _name;

    private ContainerDirectory(int root, int directory, byte[] name)
    {
        _root = root;
        _directory = directory;
        _name = name;
    }

    /// <summary>The directory.</summary>
    public int Descriptor => _directory;

    private static ReadOnlySpan<byte> StateName => "state.json\0"u8;

    private static ReadOnlySpan<byte> NewStateName => "state.json.new\0"u8;

    private static ReadOnlySpan<byte> FifoName => "exec.fifo\0"u8;

    private static ReadOnlySpan<byte> NotifyName => "notify\0"u8;

    /// <summary>Makes the directory of a new container and locks it; of several at once exactly one succeeds.</summary>
    /// <exception cref="RuntimeException">The id is in use.</exception>
    /// <exception cref="KernelException">It cannot be made.</exception>
    public static ContainerDirectory Make(StateRoot stateRoot, string id)
    {
        Fd root = stateRoot.OpenOrMake();
        byte[] name = Utf8.Terminated(id);
        int made = Kernel.mkdirat(root.Number, name, DirectoryMode);
        if (made < 0)
        {
            root.Dispose();
            throw made == -(int)Errno.EEXIST
                ? new RuntimeException("container with given ID already exists")
                : new KernelException("mkdir", stateRoot.Path + "/" + id, (Errno)(-made), "--root");
        }

        try
        {
            return Lock(root.Number, name)
                ?? throw new KernelException("open", stateRoot.Path + "/" + id, Errno.ENOENT, "--root");
        }
        catch (KernelException)
        {
            using Fd again = stateRoot.OpenExisting();
            _ = Kernel.unlinkat(again.Number, name, Kernel.AT_REMOVEDIR);
            throw;
        }
    }

    /// <summary>Opens and locks the directory of an existing container; null where there is none.</summary>
    /// <param name="stateRoot">Where it is.</param>
    /// <param name="id">Its name.</param>
    /// <param name="whenBusy">Called where another command has the lock, before waiting for it.</param>
    public static ContainerDirectory? Open(StateRoot stateRoot, string id, Action<ContainerDirectory>? whenBusy = null)
    {
        Fd root = stateRoot.OpenExisting();
        return root.IsOpen ? Lock(root.Number, Utf8.Terminated(id), whenBusy) : null;
    }

    /// <summary>
    /// Opens and locks the directory of an existing container without waiting; null where there is none, or it is busy.
    /// </summary>
    /// <param name="stateRoot">Where it is.</param>
    /// <param name="id">Its name.</param>
    /// <param name="isBusy">Whether another command has the lock.</param>
    public static ContainerDirectory? OpenNow(StateRoot stateRoot, string id, out bool isBusy)
    {
        isBusy = false;
        Fd root = stateRoot.OpenExisting();
        if (!root.IsOpen)
        {
            return null;
        }

        byte[] name = Utf8.Terminated(id);
        int directory = OpenDirectory(root.Number, name);
        int result = directory < 0 ? directory : Kernel.flock(directory, Kernel.LOCK_EX | Kernel.LOCK_NB);
        isBusy = result == -(int)Errno.EAGAIN;
        return Take(root.Number, directory, name, result);
    }

    /// <summary>Tells the create that has the lock to end, and waits for that.</summary>
    /// <returns>Whether there was one that could be seen.</returns>
    public bool EndCreate()
    {
        return LockHolder.EndCreate(_directory);
    }

    /// <summary>Tells the checkpoint that has the lock to end, and waits for that.</summary>
    public void EndCheckpoint()
    {
        LockHolder.EndCheckpoint(_directory);
    }

    /// <summary>Opens the directory without waiting for who has the lock: for looking only.</summary>
    public static ContainerDirectory? OpenUnlocked(StateRoot stateRoot, string id)
    {
        Fd root = stateRoot.OpenExisting();
        if (!root.IsOpen)
        {
            return null;
        }

        byte[] name = Utf8.Terminated(id);
        int directory = OpenDirectory(root.Number, name);
        if (directory < 0)
        {
            root.Dispose();
            return null;
        }

        return new ContainerDirectory(root.Number, directory, name);
    }

    /// <summary>Whether another command holds the lock right now.</summary>
    public bool IsLockedByOther()
    {
        int result = Kernel.flock(_directory, Kernel.LOCK_SH | Kernel.LOCK_NB);
        if (result == 0)
        {
            Unlock();
        }

        return result == -(int)Errno.EAGAIN;
    }

    /// <summary>Lets other commands at the container; the directory stays open.</summary>
    public void Unlock()
    {
        _ = Kernel.flock(_directory, Kernel.LOCK_UN);
    }

    /// <summary>Waits for the lock again; false where the container was removed in between.</summary>
    public bool LockAgain()
    {
        _ = Kernel.flock(_directory, Kernel.LOCK_EX);
        return IsThere(_directory);
    }

    /// <summary>Replaces state.json by rename.</summary>
    public void Write(ContainerRecord record)
    {
        JsonBytes json = record.ToJson();
        int flags = Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_TRUNC | Kernel.O_CLOEXEC | Kernel.O_NOFOLLOW;
        using Fd file = new(KernelException.Check(
            Kernel.openat(_directory, NewStateName, flags, PrivateFile), "create", "state.json"u8, "--root"));
        KernelException.Check(Kernel.WriteAll(file.Number, json.Written), "write", "state.json"u8, "--root");
        KernelException.Check(
            Kernel.renameat2(_directory, NewStateName, _directory, StateName, 0), "rename", "state.json"u8, "--root");
    }

    /// <summary>Reads state.json; null where it is missing or not ours.</summary>
    /// <exception cref="KernelException">It is there and cannot be read.</exception>
    public ContainerRecord? Read()
    {
        int opened = Kernel.openat(_directory, StateName, Kernel.O_RDONLY | Kernel.O_CLOEXEC | Kernel.O_NOFOLLOW);
        if (opened == -(int)Errno.ENOENT)
        {
            return null;
        }

        using Fd file = new(KernelException.Check(opened, "open", "state.json"u8, "--root"));
        byte[] content = FileContent.Read(file.Number, MaxState, out int length)
            ?? throw new KernelException("read", "state.json", Errno.EIO, "--root");
        return ContainerRecord.FromJson(content.AsMemory(0, length));
    }

    /// <summary>
    /// Makes exec.fifo and opens it as a place (O_PATH). It belongs to the container's root user, who opens it to
    /// write.
    /// </summary>
    /// <param name="uid">That user, as the host counts.</param>
    /// <param name="gid">Its group, as the host counts.</param>
    public Fd MakeFifo(uint uid, uint gid)
    {
        KernelException.Check(
            Kernel.mknodat(_directory, FifoName, Kernel.S_IFIFO | PrivateFile, 0), "mkfifo", "exec.fifo"u8, "--root");
        if (uid != Kernel.geteuid())
        {
            GiveFifo(uid, gid);
        }

        return new Fd(KernelException.Check(
            Kernel.openat(_directory, FifoName, Kernel.O_PATH | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC),
            "open", "exec.fifo"u8));
    }

    /// <summary>Gives exec.fifo to the container's root.</summary>
    public void GiveFifo(uint uid, uint gid)
    {
        KernelException.Check(
            Kernel.fchownat(_directory, FifoName, uid, gid, Kernel.AT_SYMLINK_NOFOLLOW),
            "chown", "exec.fifo"u8, "--root");
    }

    /// <summary>Whether exec.fifo is there: the container waits for its start.</summary>
    public bool HasFifo()
    {
        return Kernel.statx(_directory, FifoName, Kernel.AT_SYMLINK_NOFOLLOW, Kernel.STATX_TYPE, out _) == 0;
    }

    /// <summary>Opens exec.fifo for reading without waiting for the other side.</summary>
    public int OpenFifoForReading()
    {
        return Kernel.openat(
            _directory, FifoName, Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC | Kernel.O_NOFOLLOW);
    }

    /// <summary>Removes exec.fifo: the container has started.</summary>
    public void RemoveFifo()
    {
        _ = Kernel.unlinkat(_directory, FifoName, 0);
    }

    /// <summary>Where <see cref="MakeNotifyDirectory"/> makes it: absolute where the state root is.</summary>
    public static string NotifyPath(StateRoot root, string id)
    {
        return root.Path + "/" + id + "/notify";
    }

    /// <summary>Makes the directory that the container gets for its notify socket; its users only search it.</summary>
    public void MakeNotifyDirectory()
    {
        const uint Mode = 0x1ED; // 0755
        KernelException.Check(Kernel.mkdirat(_directory, NotifyName, Mode), "mkdir", NotifyName, "NOTIFY_SOCKET");
        KernelException.Check(Kernel.fchmodat(_directory, NotifyName, Mode), "chmod", NotifyName, "NOTIFY_SOCKET");
    }

    /// <summary>Opens that directory; not open where the container has none.</summary>
    public Fd OpenNotifyDirectory()
    {
        return new Fd(OpenDirectory(_directory, NotifyName));
    }

    /// <summary>The directory's owner.</summary>
    public uint OwnerId()
    {
        _ = Kernel.statx(
            _directory, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        return info.stx_uid;
    }

    /// <summary>Removes the directory with all that csrun puts there.</summary>
    public void Remove()
    {
        _ = Kernel.unlinkat(_directory, FifoName, 0);
        _ = Kernel.unlinkat(_directory, NewStateName, 0);
        _ = Kernel.unlinkat(_directory, StateName, 0);
        int removed = Kernel.unlinkat(_root, _name, Kernel.AT_REMOVEDIR);
        if (removed == -(int)Errno.ENOTEMPTY)
        {
            RemoveNotifyDirectory();
            ShimDirectory.Remove(_directory);
            removed = Kernel.unlinkat(_root, _name, Kernel.AT_REMOVEDIR);
        }

        if (removed < 0 && removed != -(int)Errno.ENOENT)
        {
            throw new KernelException("rmdir", Utf8.ToText(_name), (Errno)(-removed), "--root");
        }
    }

    private void RemoveNotifyDirectory()
    {
        using Fd notify = OpenNotifyDirectory();
        if (notify.IsOpen)
        {
            _ = Kernel.unlinkat(notify.Number, Utf8.Terminated(NotifyMount.SocketName), 0);
            _ = Kernel.unlinkat(_directory, NotifyName, Kernel.AT_REMOVEDIR);
        }
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose()
    {
        Kernel.close(_directory);
        Kernel.close(_root);
    }

    private static int OpenDirectory(int root, ReadOnlySpan<byte> name)
    {
        return Kernel.openat(
            root, name, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC);
    }

    /// <summary>Waits for the lock; null where the directory is not there, or was removed while waiting.</summary>
    /// <exception cref="KernelException">It is there and cannot be opened or locked; <paramref name="root"/> is
    /// closed.</exception>
    private static ContainerDirectory? Lock(int root, byte[] name, Action<ContainerDirectory>? whenBusy = null)
    {
        int directory = OpenDirectory(root, name);
        int wait = whenBusy is null ? 0 : Kernel.LOCK_NB;
        int result = directory < 0 ? directory : Kernel.flock(directory, Kernel.LOCK_EX | wait);
        if (result == -(int)Errno.EAGAIN)
        {
            whenBusy!(new ContainerDirectory(root, directory, name));
            result = Kernel.flock(directory, Kernel.LOCK_EX);
        }

        return Take(root, directory, name, result);
    }

    /// <summary>What opening and locking came to: the directory, or null, and all is closed.</summary>
    private static ContainerDirectory? Take(int root, int directory, byte[] name, int result)
    {
        if (result == 0 && IsThere(directory))
        {
            return new ContainerDirectory(root, directory, name);
        }

        if (directory >= 0)
        {
            Kernel.close(directory);
        }

        Kernel.close(root);
        return result is 0 or -(int)Errno.ENOENT or -(int)Errno.EAGAIN
            ? null
            : throw new KernelException(directory < 0 ? "open" : "lock", Utf8.ToText(name), (Errno)(-result), "--root");
    }

    /// <summary>Whether an open directory still has a name.</summary>
    private static bool IsThere(int directory)
    {
        KernelException.Check(
            Kernel.statx(
                directory, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info),
            "stat", "the container's directory"u8, "--root");
        return info.stx_nlink > 0;
    }
}

using System;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>A file as a block device that goes by itself with its last user (loop(4)).</summary>
internal static unsafe class LoopDevice
{
    private const ulong LoopSetFd = 0x4C00;
    private const ulong LoopClrFd = 0x4C01;
    private const ulong LoopSetStatus64 = 0x4C04;
    private const ulong LoopCtlGetFree = 0x4C82;
    private const uint FlagReadOnly = 1;
    private const uint FlagAutoClear = 4;
    private const int Tries = 100;
    private const int InfoSize = 232;
    private const int FlagsOffset = 52;

    /// <summary>Attaches a file to a free device, which is to be held open until it is mounted.</summary>
    /// <exception cref="KernelException">It cannot be attached.</exception>
    public static Fd Attach(string file, bool isReadOnly)
    {
        int access = isReadOnly ? Kernel.O_RDONLY : Kernel.O_RDWR;
        byte[] name = Utf8.Terminated(file);
        using Fd backing = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, name, access | Kernel.O_CLOEXEC), "open", name));
        using Fd control = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/loop-control\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC),
            "open",
            "/dev/loop-control"u8));
        for (int i = 0; i < Tries; i++)
        {
            // Somebody else may take the free one in between.
            int number = KernelException.Check(Kernel.ioctl(control.Number, LoopCtlGetFree, 0L), "LOOP_CTL_GET_FREE");
            byte[] path = Utf8.Terminated("/dev/loop" + number);
            Fd device = new(KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, path, access | Kernel.O_CLOEXEC), "open", path));
            int set = Kernel.ioctl(device.Number, LoopSetFd, (long)backing.Number);
            if (set == 0)
            {
                SetFlags(device, isReadOnly);
                return device;
            }

            device.Dispose();
            if (set != -(int)Errno.EBUSY)
            {
                throw new KernelException("LOOP_SET_FD", file, (Errno)(-set));
            }
        }

        throw new KernelException("LOOP_SET_FD", file, Errno.EBUSY);
    }

    /// <summary>A device's path.</summary>
    public static string PathOf(Fd device)
    {
        Span<byte> target = stackalloc byte[64];
        int length = KernelException.Check(
            Kernel.readlinkat(Kernel.AT_FDCWD, Utf8.Terminated("/proc/self/fd/" + device.Number), target), "readlink");
        return Utf8.ToText(target[..length]);
    }

    private static void SetFlags(Fd device, bool isReadOnly)
    {
        byte* info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        *(uint*)(info + FlagsOffset) = FlagAutoClear | (isReadOnly ? FlagReadOnly : 0);
        int result = Kernel.ioctl(device.Number, LoopSetStatus64, info);
        if (result < 0)
        {
            _ = Kernel.ioctl(device.Number, LoopClrFd, 0L);
            throw new KernelException("LOOP_SET_STATUS64", string.Empty, (Errno)(-result));
        }
    }
}

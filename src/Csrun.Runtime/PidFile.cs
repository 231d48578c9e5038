using System;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// --pid-file: the pid in decimal without a newline, there only when it is whole (written beside, renamed).
/// </summary>
internal static class PidFile
{
    public static void Write(string? path, int pid)
    {
        if (path is null)
        {
            return;
        }

        byte[] target = Utf8.Terminated(path);
        int slash = path.LastIndexOf('/');
        byte[] beside = Utf8.Terminated(path[..(slash + 1)] + "." + path[(slash + 1)..] + "." + pid);
        using Fd file = new(KernelException.Check(
            Kernel.openat(
                Kernel.AT_FDCWD, beside, Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_TRUNC | Kernel.O_CLOEXEC, 0x1A4),
            "create", beside, "--pid-file"));
        Span<byte> digits = stackalloc byte[12];
        _ = pid.TryFormat(digits, out int length);
        KernelException.Check(Kernel.WriteAll(file.Number, digits[..length]), "write", beside, "--pid-file");
        KernelException.Check(
            Kernel.renameat2(Kernel.AT_FDCWD, beside, Kernel.AT_FDCWD, target, 0), "rename to", target, "--pid-file");
    }
}

using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// What the next execve gets as its AppArmor profile and SELinux label, written to this thread's attributes
/// (proc_pid_attr(5)). That AppArmor or SELinux is there was seen before the clone.
/// </summary>
internal static class SecurityLabels
{
    /// <summary>
    /// Writes both through a procfs that nobody could put something over: anywhere else the program would run
    /// unconfined (CVE-2019-16884, CVE-2025-52881).
    /// </summary>
    /// <param name="proc">The procfs.</param>
    /// <param name="process">The profile and the label; what is null is left alone.</param>
    /// <exception cref="KernelException">A profile is not loaded, a label is none, or this process may not.</exception>
    public static void SetForExec(ProcFs proc, ProcessPlan process)
    {
        if (process.ApparmorProfile is string profile)
        {
            Write(
                proc, "thread-self/attr/apparmor/exec\0"u8, Utf8.Terminated("exec " + profile), profile,
                "process.apparmorProfile", "no profile of this name is loaded");
        }

        if (process.SelinuxLabel is string label)
        {
            Write(
                proc, "thread-self/attr/exec\0"u8, Utf8.Terminated(label), label, "process.selinuxLabel",
                "the policy knows no such label");
        }
    }

    /// <summary>The label of the keys that are made from now on; null takes it back.</summary>
    /// <exception cref="KernelException">The label is none, or this process may not.</exception>
    public static void SetForKeys(ProcFs proc, string? label)
    {
        Write(
            proc, "thread-self/attr/keycreate\0"u8, Utf8.Terminated(label ?? "\n"), label ?? string.Empty,
            "process.selinuxLabel", "the policy knows no such label");
    }

    private static void Write(
        ProcFs proc, ReadOnlySpan<byte> path, byte[] value, string subject, string place, string hint)
    {
        using Fd file = new(
            KernelException.Check(proc.OpenForWriting(path), "open /proc/thread-self/attr", path, place));
        int written = Kernel.write(file.Number, value.AsSpan(0, value.Length - 1));
        if (written < 0)
        {
            throw new KernelException(
                "write to " + Utf8.ToText(path), subject, (Errno)(-written), place,
                written is -(int)Errno.ENOENT or -(int)Errno.EINVAL ? hint : null);
        }
    }
}

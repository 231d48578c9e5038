using Csrun.Linux;

namespace Csrun.Reporting;

/// <summary>The file of --log.</summary>
internal static class LogFile
{
    private const uint Mode = 0x1a4; // 0644

    /// <summary>
    /// Opens it for appending, closed on execve, made if it is not there. It stays open for the life of the process,
    /// which may fail at any moment. Errors: <see cref="KernelException"/>.
    /// </summary>
    internal static IByteSink Open(string path)
    {
        byte[] name = Utf8.Terminated(path);
        int flags = Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_APPEND | Kernel.O_CLOEXEC;
        int descriptor = Kernel.openat(Kernel.AT_FDCWD, name, flags, Mode);
        return new DescriptorSink(KernelException.Check(descriptor, "open", name, "--log"));
    }
}

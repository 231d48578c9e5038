using System;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;

namespace Csrun.Commands;

/// <summary>Standard error and the file of --log.</summary>
internal static class LogOutput
{
    /// <summary>Opens the log, which is where errors go from the first moment on.</summary>
    public static Reporter Open(Invocation invocation)
    {
        LogSettings settings = LogSettings.From(invocation);
        DescriptorSink standardError = new(2);
        if (settings.Path is null)
        {
            return new Reporter(invocation.Dialect, settings, standardError, null);
        }

        byte[] path = Utf8.Terminated(settings.Path);
        int log = Kernel.openat(
            Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_APPEND | Kernel.O_CLOEXEC, 0x1A4);
        if (log >= 0)
        {
            return new Reporter(invocation.Dialect, settings, standardError, new DescriptorSink(log));
        }

        Reporter reporter = new(invocation.Dialect, settings with { Path = null }, standardError, null);
        reporter.Error(
            ErrorDetails.Of(invocation, new KernelException("open", settings.Path, (Errno)(-log), "--log")), DateTime.UtcNow);
        Kernel.exit_group(ExitCodes.Of(invocation.Command));
        return reporter;
    }
}

/// <summary>Output to a descriptor.</summary>
internal sealed class DescriptorSink : IByteSink
{
    private readonly int _descriptor;

    public DescriptorSink(int descriptor)
    {
        _descriptor = descriptor;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _ = Kernel.WriteAll(_descriptor, bytes);
    }
}

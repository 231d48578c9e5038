using System;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;

namespace Csrun.Commands;

/// <summary>Standard error and the file of --log.</summary>
internal static class LogOutput
{
    private const int StandardError = 2;

    /// <summary>Opens the log, which is where errors go from the first moment on.</summary>
    /// <returns>Null where the log cannot be opened, which has been reported.</returns>
    public static Reporter? Open(Invocation invocation)
    {
        LogSettings settings = LogSettings.From(invocation);
        DescriptorSink standardError = new(StandardError);
        try
        {
            IByteSink? log = settings.Path is null ? null : LogFile.Open(settings.Path);
            return new Reporter(invocation.Dialect, settings, standardError, log);
        }
        catch (KernelException error)
        {
            new Reporter(invocation.Dialect, settings with { Path = null }, standardError, null)
                .Error(ErrorDetails.Of(invocation, error), DateTime.UtcNow);
            return null;
        }
    }
}

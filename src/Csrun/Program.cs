using System;
using Csrun.CommandLine;
using Csrun.Commands;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;
using Csrun.Startup;

namespace Csrun;

/// <summary>
/// The executable: reads the command line, runs the command, and tells an error in the form that was asked for.
/// </summary>
internal static class Program
{
    private static int Main()
    {
#if CSRUN_REPLACE_RUNTIME_FUNCTIONS
        RuntimeFunctions.Start();
#endif
        byte[][] arguments = new byte[ProcessEntry.ArgumentCount][];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = ProcessEntry.Argument(i);
        }

        if (ShimEntry.IsShim(arguments))
        {
            Kernel.exit_group(ShimEntry.Run(arguments));
        }

        Invocation invocation = CommandLineParser.Parse(arguments);
        CallersDescriptors.CloseOthers(invocation);
        int status;
        Reporter? reporter = LogOutput.Open(invocation);
        try
        {
            status = reporter is null ? ExitCodes.Of(invocation.Command) : CommandRunner.Run(invocation, reporter);
        }
        catch (RuntimeException error)
        {
            reporter!.Error(ErrorDetails.Of(invocation, error), DateTime.UtcNow);
            status = ExitCodes.Of(invocation.Command);
        }
        catch (KernelException error)
        {
            reporter!.Error(ErrorDetails.Of(invocation, error), DateTime.UtcNow);
            status = ExitCodes.Of(invocation.Command);
        }
        catch (Exception error)
        {
            // A fault of csrun's own still ends in one line, in the log that the caller reads, and in the command's
            // code.
            RuntimeException told = new("internal error: " + error.GetType().Name + ": " + error.Message);
            reporter!.Error(ErrorDetails.Of(invocation, told), DateTime.UtcNow);
            status = ExitCodes.Of(invocation.Command);
        }

        // Straight to the kernel: what the runtime does at its end is of no use to a process that is over.
        Kernel.exit_group(status);
        return status;
    }
}

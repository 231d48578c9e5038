using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Task;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>
/// <c>delete</c>: after every deletion of a task, and for what a server left that is gone. Works from the disk alone;
/// what is gone already is no failure.
/// </summary>
internal static class DeleteAction
{
    private const int StandardError = 2;
    private const uint KilledStatus = 128 + Kernel.SIGKILL;

    public static int Run(ShimHost host, ShimArguments arguments)
    {
        // What was begun is finished: nobody would begin it again.
        _ = Kernel.BlockSignals(Kernel.AllSignalsButFaults);
        string own = StartAction.WorkingDirectory();
        string bundle = own[..own.LastIndexOf('/')] + "/" + arguments.Id;
        string named = RuncOptions.RootOf(Files.Read(bundle + "/options.json"));
        StateRoot root = new((named.Length == 0 ? RuncOptions.DefaultRoot : named) + "/" + arguments.Namespace);
        Try(() => Container.DeleteByForce(root, arguments.Id, new HookContext(host.Environment, Warn)));
        Try(() => RootfsMounts.UnmountNow(bundle + "/rootfs"));
        DeleteResponse response = new()
        {
            Pid = (uint)Files.ReadNumber(bundle + "/init.pid"),
            ExitStatus = KilledStatus,
            ExitedAt = Timestamp.FromDateTime(DateTime.UtcNow),
        };
        KernelException.Check(Kernel.WriteAll(1, response.ToByteArray()), "write", "standard output"u8);
        return 0;
    }

    /// <summary>containerd writes what comes here into its log, and goes on.</summary>
    private static void Try(Action step)
    {
        try
        {
            step();
        }
        catch (KernelException error)
        {
            Warn(ErrorText.Of(error));
        }
        catch (RuntimeException error)
        {
            Warn(ErrorText.Of(error));
        }
    }

    private static void Warn(string message)
    {
        _ = Kernel.WriteAll(StandardError, System.Text.Encoding.UTF8.GetBytes(message + "\n"));
    }
}

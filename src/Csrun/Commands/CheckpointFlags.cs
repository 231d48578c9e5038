using Csrun.Checkpoint;
using Csrun.CommandLine;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary>The flags of checkpoint and restore.</summary>
internal static class CheckpointFlags
{
    /// <summary>What they say; without --image-path the images are in ./checkpoint, as runc has them.</summary>
    /// <exception cref="RuntimeException">--empty-ns names another namespace than network.</exception>
    public static CheckpointOptions Read(Invocation invocation)
    {
        foreach (byte[] name in invocation.GetAll(Flag.EmptyNs))
        {
            if (!Words.Same(name, "network"))
            {
                throw new RuntimeException("--empty-ns: only network can be left empty");
            }
        }

        return new CheckpointOptions
        {
            ImagePath = CommandContext.Absolute(invocation.GetString(Flag.ImagePath) ?? "checkpoint"),
            WorkPath = invocation.GetString(Flag.WorkPath) is string work ? CommandContext.Absolute(work) : null,
            ParentPath = invocation.GetString(Flag.ParentPath),
            LeaveRunning = invocation.IsSet(Flag.LeaveRunning),
            PreDump = invocation.IsSet(Flag.PreDump),
            TcpEstablished = invocation.IsSet(Flag.TcpEstablished),
            TcpSkipInFlight = invocation.IsSet(Flag.TcpSkipInFlight),
            TcpClose = invocation.IsSet(Flag.TcpClose),
            ExternalUnixSockets = invocation.IsSet(Flag.ExtUnixSk),
            ShellJob = invocation.IsSet(Flag.ShellJob),
            FileLocks = invocation.IsSet(Flag.FileLocks),
            LinkRemap = invocation.IsSet(Flag.LinkRemap),
            AutoDedup = invocation.IsSet(Flag.AutoDedup),
            EmptyNetwork = invocation.IsSet(Flag.EmptyNs),
            ManageCgroupsMode = invocation.GetString(Flag.ManageCgroupsMode),
            NetworkLock = invocation.GetString(Flag.NetworkLock),
            LsmProfile = invocation.GetString(Flag.LsmProfile),
            LsmMountContext = invocation.GetString(Flag.LsmMountContext),
        };
    }
}

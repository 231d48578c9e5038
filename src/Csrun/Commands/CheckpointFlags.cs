using Csrun.Checkpoint;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary>The flags of checkpoint and restore.</summary>
internal static class CheckpointFlags
{
    /// <summary>What they say; without --image-path the images are in ./checkpoint, as runc has them.</summary>
    /// <exception cref="RuntimeException">A value is none that its flag takes.</exception>
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
            LazyPages = invocation.IsSet(Flag.LazyPages),
            PageServer = invocation.GetString(Flag.PageServer) is string server ? PageServer.Parse(server) : null,
            StatusDescriptor = StatusDescriptor(invocation),
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

    /// <summary>
    /// The descriptor of --status-fd, checked before this process opens one that has its number.
    /// </summary>
    private static int StatusDescriptor(Invocation invocation)
    {
        long number = invocation.GetNumber(Flag.StatusFd, -1);
        if (number == -1 || !invocation.IsSet(Flag.LazyPages))
        {
            return -1;
        }

        int flags = number is < 0 or > int.MaxValue
            ? -(int)Errno.EBADF
            : Kernel.fcntl((int)number, Kernel.F_GETFL);
        return flags < 0
            ? throw new KernelException("use descriptor " + number, string.Empty, (Errno)(-flags), "--status-fd")
            : (flags & (Kernel.O_WRONLY | Kernel.O_RDWR)) == 0
            ? throw new RuntimeException("--status-fd: descriptor " + number + " is not open for writing")
            : (int)number;
    }
}

using System;
using System.Collections.Generic;
using Csrun.Checkpoint.Messages;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Checkpoint;

/// <summary>From the command line and a container to what criu is asked.</summary>
internal static class CriuRequests
{
    /// <summary>criu's log of a dump.</summary>
    public const string DumpLog = "dump.log";

    /// <summary>criu's log of a restore.</summary>
    public const string RestoreLog = "restore.log";

    private const string ConfigAnnotation = "org.criu.config"; // runc's and crun's
    private const int LogLevel = 4; // all that criu has to say

    /// <summary>The name in the images of a namespace that was joined by path, as runc gives it.</summary>
    public static string NamespaceName(NamespaceType type)
    {
        return type == NamespaceType.Network ? "extRootNetNS" : "extRootPidNS";
    }

    /// <summary>
    /// Whether criu takes a joined namespace of this kind as a descriptor, and leaves its contents alone.
    /// </summary>
    public static bool IsLeftAlone(NamespaceType type)
    {
        return type is NamespaceType.Network or NamespaceType.Pid;
    }

    /// <summary>A dump, or a pre-dump, of a process and all below it.</summary>
    /// <param name="pid">The container's first process.</param>
    /// <param name="plan">What the container is.</param>
    /// <param name="options">What the command line says.</param>
    /// <param name="streams">What its streams are called: <see cref="StreamNames"/>.</param>
    /// <param name="mounts">Mounts that are not saved: where they are, and their names.</param>
    public static CriuRequest Dump(
        int pid,
        Plan plan,
        CheckpointOptions options,
        string[] streams,
        IReadOnlyList<(string Place, string Name)> mounts)
    {
        CriuOptions criu = Common(plan, options);
        criu.LogFile = DumpLog;
        criu.Root = plan.Root.Path;
        criu.Pid = pid;
        criu.LeaveRunning = options.LeaveRunning;
        if (options.ParentPath is not null)
        {
            criu.ParentImg = options.ParentPath;
        }

        criu.TrackMem = options.PreDump || options.ParentPath is not null;
        criu.TcpSkipInFlight = options.TcpSkipInFlight;
        criu.LinkRemap = options.LinkRemap;
        if (options.PageServer is PageServer server)
        {
            criu.Ps = new Numbered { Key = server.Address, Number = server.Port };
        }

        if (options.PreDump)
        {
            return new CriuRequest { Type = CriuTask.PreDump, Opts = criu };
        }

        foreach ((string place, string name) in mounts)
        {
            criu.ExtMnt.Add(new Pair { Key = place, Val = name });
        }

        foreach (string name in streams)
        {
            if (StreamNames.IsExternal(name) && !criu.External.Contains(name))
            {
                criu.External.Add(name);
            }
        }

        return new CriuRequest { Type = CriuTask.Dump, Opts = criu };
    }

    /// <summary>A restore.</summary>
    /// <param name="plan">What the container is to be.</param>
    /// <param name="options">What the command line says.</param>
    /// <param name="root">Where its root is mounted for criu.</param>
    /// <param name="streams">
    /// What the streams of the saved process are called. criu's first extra descriptors take their place, copies of its
    /// own three: it closes what it was given, and may still use its own.
    /// </param>
    /// <param name="mounts">Mounts that were not saved.</param>
    public static CriuRequest Restore(
        Plan plan, CheckpointOptions options, string root, string[] streams, IReadOnlyList<OutsideMount> mounts)
    {
        CriuOptions criu = Common(plan, options);
        criu.LogFile = RestoreLog;
        criu.Root = root;
        criu.RstSibling = true;
        criu.EvasiveDevices = true;
        criu.TcpClose = options.TcpClose;
        if (options.LsmProfile is not null)
        {
            criu.LsmProfile = options.LsmProfile;
        }

        if (options.LsmMountContext is not null)
        {
            criu.LsmMountContext = options.LsmMountContext;
        }

        foreach (OutsideMount mount in mounts)
        {
            criu.ExtMnt.Add(new Pair { Key = mount.Destination, Val = mount.Source });
        }

        for (int i = 0; i < streams.Length; i++)
        {
            if (StreamNames.IsHandedOver(streams[i]) && Array.IndexOf(streams, streams[i]) == i)
            {
                criu.InheritFd.Add(new Numbered { Key = streams[i], Number = CriuSession.FirstExtra + i });
            }
        }

        return new CriuRequest { Type = CriuTask.Restore, Opts = criu };
    }

    private static CriuOptions Common(Plan plan, CheckpointOptions options)
    {
        CriuOptions criu = new()
        {
            LogLevel = LogLevel,
            NotifyScripts = true,
            OrphanPtsMaster = true,
            ManageCgroups = true,
            ManageCgroupsMode = Mode(options.ManageCgroupsMode),
            ShellJob = options.ShellJob,
            TcpEstablished = options.TcpEstablished,
            ExtUnixSk = options.ExternalUnixSockets,
            FileLocks = options.FileLocks,
            AutoDedup = options.AutoDedup,
            LazyPages = options.LazyPages,
            EmptyNs = options.EmptyNetwork ? (uint)NamespaceType.Network : 0,
        };
        if (options.NetworkLock is string method)
        {
            criu.NetworkLock = Lock(method);
        }

        if (ConfigFile(plan) is string file)
        {
            criu.ConfigFile = file;
        }

        return criu;
    }

    /// <summary>
    /// What org.criu.config names: empty is none; without it that of csrun, and runc's where there is none.
    /// </summary>
    private static string? ConfigFile(Plan plan)
    {
        const string Own = "/etc/criu/csrun.conf";
        return plan.Annotations.TryGetValue(ConfigAnnotation, out string? named)
            ? named.Length == 0 ? null : named
            : Kernel.faccessat(Kernel.AT_FDCWD, Utf8.Terminated(Own), 0, 0) == 0 ? Own : "/etc/criu/runc.conf";
    }

    private static CgroupMode Mode(string? word)
    {
        return word switch
        {
            null or "soft" => CgroupMode.Soft,
            "full" => CgroupMode.Full,
            "strict" => CgroupMode.Strict,
            "ignore" => CgroupMode.Ignore,
            _ => throw new RuntimeException("invalid --manage-cgroups-mode: " + word),
        };
    }

    private static NetworkLock Lock(string word)
    {
        return word switch
        {
            "iptables" => NetworkLock.Iptables,
            "nftables" => NetworkLock.Nftables,
            "skip" => NetworkLock.Skip,
            _ => throw new RuntimeException("invalid --network-lock: " + word),
        };
    }
}

using System;
using System.Collections.Generic;
using Csrun.Checkpoint.Messages;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Checkpoint;

/// <summary>
/// restore: a container as create makes it, seen from outside, whose processes criu makes: they come out as children of
/// this process and in the container's cgroups. What fails on the way takes everything back.
/// </summary>
public sealed class Restorer
{
    private const int Streams = 3;

    private readonly CreateRequest _request;
    private readonly CheckpointOptions _options;
    private readonly Bundle _bundle;
    private readonly Plan _plan;
    private readonly ContainerDirectory _directory;
    private readonly CgroupPlacement _placement;
    private readonly RuntimeHooks? _hooks;
    private readonly SignalReader _signals;
    private readonly Fd _consoleSocket;
    private readonly Fd _ownConsoleEnd;
    private ContainerRecord _record;
    private Fd _pidfd;
    private bool _hasTerminal;
    private bool _hooksRan;
    private bool _emptyNetwork;
    private int _criu;

    private Restorer(
        CreateRequest request,
        CheckpointOptions options,
        Bundle bundle,
        ContainerDirectory directory,
        SignalReader signals)
    {
        _request = request;
        _options = options;
        _bundle = bundle;
        _plan = bundle.Plan;
        _directory = directory;
        _signals = signals;
        _hooks = RuntimeHooks.Of(_plan, request.Hooks);
        _placement = CgroupPlacement.Of(_plan, request);
        _record = NewRecord.Of(request, bundle, _placement);
        (_consoleSocket, _ownConsoleEnd) = TerminalSockets.Open(
            _plan.Process is { Terminal: true }, request.ConsoleSocket, request.IsForeground);
    }

    /// <summary>
    /// Restores a container; where the request is for the foreground, also waits for its end and removes it.
    /// </summary>
    /// <param name="request">What create is asked; its state root is absolute.</param>
    /// <param name="options">Where the images are, and how they are restored.</param>
    /// <param name="reaps">Whether the container's orphans come to this process while it waits.</param>
    /// <returns>Zero, or in the foreground the exit code as a shell reports it.</returns>
    public static int Restore(CreateRequest request, CheckpointOptions options, bool reaps)
    {
        Bundle bundle = request.LoadBundle();
        using SignalReader signals = new();
        if (request.IsForeground && reaps)
        {
            KernelException.Check(Kernel.prctl(Kernel.PR_SET_CHILD_SUBREAPER, 1), "prctl", "PR_SET_CHILD_SUBREAPER"u8);
        }

        (ProcessIdentity init, Fd pidfd, int terminal) = Make(request, bundle, options, signals);
        if (!request.IsForeground)
        {
            return 0;
        }

        using ConsoleRelay? console = terminal < 0 ? null : new ConsoleRelay(terminal);
        try
        {
            return ForegroundWait.ForEnd(init.Pid, pidfd.Number, signals, console);
        }
        finally
        {
            ForegroundRun.Remove(request, init);
        }
    }

    private static (ProcessIdentity Init, Fd Pidfd, int Terminal) Make(
        CreateRequest request, Bundle bundle, CheckpointOptions options, SignalReader signals)
    {
        Refuse(bundle.Plan);
        string[] streams;
        bool haveNetwork;
        using (ImageDirectories directories = ImageDirectories.Open(options, save: false))
        {
            streams = StreamNames.Read(directories.Images);
            haveNetwork = directories.HaveNetwork();
        }

        using ContainerDirectory directory = ContainerDirectory.Make(request.Root, request.Id);
        Restorer? restorer = null;
        try
        {
            restorer = new Restorer(request, options, bundle, directory, signals);
            restorer._emptyNetwork = bundle.Plan.Namespaces.Makes(NamespaceType.Network)
                && (options.EmptyNetwork || !haveNetwork);
            return restorer.Make(streams);
        }
        catch
        {
            restorer?.TakeBack();
            directory.Remove();
            restorer?.RunPoststop();
            throw;
        }
    }

    private (ProcessIdentity Init, Fd Pidfd, int Terminal) Make(string[] streams)
    {
        _directory.Write(_record);
        List<Fd> namespaces = [];
        try
        {
            CriuAnswer? answer = Run(streams, namespaces, out Kernel.ExitInfo ended);
            bool endedWell = ended is { Code: Kernel.CLD_EXITED, Status: 0 };
            if (answer is not { Success: true } || !_pidfd.IsOpen || !endedWell)
            {
                throw CriuFailure.Of(answer, ended, _options.LogDirectory, CriuRequests.RestoreLog);
            }
        }
        finally
        {
            foreach (Fd fd in namespaces)
            {
                fd.Dispose();
            }
        }

        _record = _record with { IsBeingCreated = false };
        _directory.Write(_record);
        PidFile.Write(_request.PidFile, _record.Init.Pid);
        _consoleSocket.Dispose();
        return (_record.Init, _pidfd, _hasTerminal ? TerminalSockets.Receive(_ownConsoleEnd) : -1);
    }

    private CriuAnswer? Run(string[] streams, List<Fd> namespaces, out Kernel.ExitInfo ended)
    {
        using Fd empty = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC), "open", "/dev/null"u8));
        bool hasStreams = _plan.Process is not { Terminal: true };
        if (hasStreams && _plan.Namespaces.Makes(NamespaceType.Mount))
        {
            _record = _record with { Streams = StreamName.OfOwn(0, 1, 2) };
        }

        ReadOnlySpan<int> given = hasStreams ? [0, 1, 2] : [empty.Number, empty.Number, empty.Number];
        CriuRequest request;
        CriuSession criu;
        ImageDirectories directories;
        if (_plan.NewKeyring)
        {
            // The restored processes have that of criu, which has this process's.
            SessionKeyring.Make(_request.Id);
        }

        using (RestoreMounts mounts = RestoreMounts.Enter(_request.Root.Path + "/" + _request.Id, _plan))
        {
            request = CriuRequests.Restore(
                _plan,
                _options with { EmptyNetwork = _emptyNetwork },
                mounts.Root,
                hasStreams ? streams : [],
                OutsideMounts.Of(_plan, _placement.Cgroups, mounts.NotifyDirectory));
            request.Opts.CgroupYard = mounts.Yard;

            // Opened here: criu mounts below them.
            directories = ImageDirectories.Open(_options, save: false);
            directories.Tell(request.Opts);
            AddNamespaces(request.Opts, namespaces);
            int[] extra = [.. given, .. new int[namespaces.Count]];
            for (int i = 0; i < namespaces.Count; i++)
            {
                extra[given.Length + i] = namespaces[i].Number;
            }

            bool noNewPrivileges = _plan.Process is { NoNewPrivileges: true };
            criu = CriuSession.Start(_request.Hooks.Environment(), given, extra, noNewPrivileges, _signals);
        }

        using (directories)
        using (criu)
        {
            _criu = criu.Pid;
            _placement.Take(_criu);

            // Until there is another process criu is the container's: the cgroups are known to be its own from here on,
            // and a delete must end it where this process is killed.
            _record = _record with
            {
                CgroupPaths = _placement.Cgroups.Paths,
                Init = ProcessIdentity.OfChild(criu.Pid),
                IsBeingCreated = true,
            };
            _directory.Write(_record);

            AddCgroupRoots(request.Opts, criu.Pid);
            CriuAnswer? answer = criu.Ask(request, Hear);
            ended = criu.End();
            return answer;
        }
    }

    private void Hear(string step, int pid, int descriptor)
    {
        switch (step)
        {
            case "setup-namespaces":
                SetUpNamespaces(pid);
                break;
            case "post-restore":
                _pidfd = new Fd(KernelException.Check(Kernel.pidfd_open(pid), "pidfd_open", "the restored process"u8));
                _record = _record with { Init = ProcessIdentity.OfChild(pid) };
                MakeReadonly(pid);
                break;
            case "pre-resume":
                CheckLabel();
                break;
            case "orphan-pts-master" when descriptor >= 0 && _consoleSocket.IsOpen:
                KernelException.Check(
                    Kernel.SendWithDescriptor(_consoleSocket.Number, "/dev/ptmx"u8, descriptor),
                    "send the terminal", default, "--console-socket");
                _hasTerminal = true;
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// The namespaces are there, their processes not yet: the time for what create does before its hooks, and for them.
    /// </summary>
    private void SetUpNamespaces(int pid)
    {
        if (_emptyNetwork)
        {
            using NamespaceVisit network = NamespaceVisit.NetworkOf(pid);
            Loopback.Up();
        }

        if (_hooks is { RunAtCreate: true })
        {
            // A hook may ask for the container's state.
            _record = _record with { Init = ProcessIdentity.OfChild(pid) };
            _directory.Write(_record);
            _hooksRan = true;
            _hooks.RunCreate(pid, _signals);
        }
    }

    /// <summary>
    /// The root, before any process goes on: criu saves that it was read-only, and does not bring it back.
    /// </summary>
    private void MakeReadonly(int pid)
    {
        if (!_plan.Root.Readonly || !_plan.Namespaces.Has(NamespaceType.Mount))
        {
            return;
        }

        using NamespaceVisit mounts = NamespaceVisit.MountsOf(pid);
        using Fd root = new(KernelException.Check(
            HostPath.Open("/\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY), "open", "/"u8));
        KernelException.Check(
            Kernel.mount_setattr(root.Number, 0, Kernel.MOUNT_ATTR_RDONLY, 0),
            "make read-only", "/"u8, "root.readonly");
    }

    /// <summary>The last look before the processes go on: none that should be confined goes on without.</summary>
    private void CheckLabel()
    {
        // Asked for one of these, criu itself says where it cannot give it.
        if (_options.LsmProfile?.Split(':')[0] is "selinux" or "apparmor")
        {
            return;
        }

        try
        {
            LabelCheck.OfRestored(_plan.Process, _record.Init.Pid, _criu);
        }
        catch
        {
            // criu itself too, which would let them go on whatever it is told.
            _placement.Cgroups.KillAll(Kernel.SIGKILL);
            throw;
        }
    }

    /// <summary>
    /// The namespaces that the container joins: as descriptors where criu leaves them alone, else by path.
    /// </summary>
    private void AddNamespaces(CriuOptions criu, List<Fd> opened)
    {
        foreach (NamespaceJoin join in _plan.Namespaces.Join)
        {
            byte[] path = Utf8.Terminated(join.Path);
            if (CriuRequests.IsLeftAlone(join.Type))
            {
                criu.InheritFd.Add(new Numbered
                {
                    Key = CriuRequests.NamespaceName(join.Type),
                    Number = CriuSession.FirstExtra + Streams + opened.Count,
                });
                opened.Add(new Fd(KernelException.Check(
                    HostPath.Open(path, Kernel.O_RDONLY), "open", path, join.Place)));
                continue;
            }

            criu.JoinNs.Add(new Pair { Key = FileOf(join.Type), Val = join.Path });
        }
    }

    private static string FileOf(NamespaceType type)
    {
        return type switch
        {
            NamespaceType.Mount => "mnt",
            NamespaceType.Ipc => "ipc",
            NamespaceType.Uts => "uts",
            NamespaceType.User => "user",
            _ => "time",
        };
    }

    /// <summary>
    /// Where criu puts what was saved at the root of the container's cgroups: to where criu itself is.
    /// </summary>
    private static void AddCgroupRoots(CriuOptions criu, int pid)
    {
        string membership = FileContent.ReadText("/proc/" + pid + "/cgroup");
        foreach ((string controllers, string place) in CgroupRoots.Of(membership))
        {
            criu.CgRoot.Add(new Pair { Key = controllers, Val = place });
        }
    }

    /// <summary>What criu would not restore, and not say.</summary>
    private static void Refuse(Plan plan)
    {
        if (plan.IntelRdt is not null)
        {
            throw new KernelException(
                "restore into a group of resctrl", string.Empty, Errno.EOPNOTSUPP, "linux.intelRdt");
        }

        if (plan.NetDevices.Count != 0)
        {
            throw new KernelException(
                "restore a device of the host", string.Empty, Errno.EOPNOTSUPP, plan.NetDevices[0].Place);
        }

        if (plan.Namespaces.JoinOf(NamespaceType.Cgroup) is NamespaceJoin join)
        {
            throw new KernelException("restore into a cgroup namespace", join.Path, Errno.EOPNOTSUPP, join.Place);
        }
    }

    private void RunPoststop()
    {
        if (_hooksRan || _pidfd.IsOpen)
        {
            _hooks?.RunPoststop();
        }
    }

    /// <summary>Undoes what was done; the errors on the way would hide the one that matters.</summary>
    private void TakeBack()
    {
        if (_pidfd.IsOpen)
        {
            _ = Kernel.pidfd_send_signal(_pidfd.Number, Kernel.SIGKILL);
            _ = Kernel.waitid(Kernel.P_PIDFD, _pidfd.Number, Kernel.WEXITED, out _);
        }

        _placement.TakeBack();
    }
}

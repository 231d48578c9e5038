using System;
using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Cgroups.Systemd;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Seccomp;
using Csrun.Spec;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>
/// Starts a further program in a container, seen from outside: one clone into its pid namespace and cgroup, the rest is
/// the child's, whose successful execve ends the channel between the two.
/// </summary>
/// <remarks>
/// Takes no lock: the container can stop the child on its way, and must not so keep others from it. Which process is
/// joined is settled once, by the pidfd of the container's first one; where that ends, so does the child.
/// </remarks>
public sealed class Executor
{
    private const int EndLimitMilliseconds = 1000;

    private readonly ExecRequest _request;
    private readonly ContainerRecord _record;
    private readonly ContainerCgroups _cgroups;
    private readonly ExecPlan _plan;
    private readonly SignalReader _signals;
    private readonly int _initPidfd;
    private SyncChannel _channel;
    private bool _attachesByUnit;
    private int _pid;
    private int _pidfd = -1;
    private int _terminal = -1;

    private Executor(ExecRequest request, ContainerRecord record, int initPidfd, ExecPlan plan, SignalReader signals)
    {
        _request = request;
        _record = record;
        _initPidfd = initPidfd;
        _plan = plan;
        _signals = signals;
        _cgroups = ContainerCgroups.FromState(
            request.SubCgroups.Count == 0
                ? record.CgroupPaths
                : SubCgroups.Apply(record.CgroupPaths, request.SubCgroups));
    }

    /// <summary>Starts the program, and waits for its end unless it is detached.</summary>
    /// <returns>The exit code as a shell reports it: the program's own, or 128 and the signal; 0 detached.</returns>
    /// <exception cref="RuntimeException">The container cannot be entered, or the request has faults.</exception>
    /// <exception cref="KernelException">The program could not be started; nothing is left of it.</exception>
    public static int Run(ExecRequest request)
    {
        ContainerRecord record;
        int initPidfd;
        using (Container container = Container.Look(request.Root, request.Id))
        {
            record = container.Record;
            initPidfd = container.OpenForExec(request.IgnoresPaused);
        }

        ExecPlan plan = Plan(request, record);
        if (plan.Process.HasLabels)
        {
            SecurityModules.Require(plan.Process, request.Changes);
        }

        CapabilityWarnings.Say(plan.Process.Capabilities, record.Namespaces, request.Warn);
        Executor executor = new(request, record, initPidfd, plan, new SignalReader());
        try
        {
            executor.Start();
        }
        catch (KernelException error) when (error.Place is null && executor.IsContainerGone())
        {
            throw new RuntimeException("cannot exec in a stopped container");
        }

        return request.IsDetached ? 0 : executor.WaitForEnd();
    }

    /// <summary>
    /// Whether the first process has ended, or is about to: it lets go of its namespaces first, and stays a while for
    /// its children's end.
    /// </summary>
    private bool IsContainerGone()
    {
        return Kernel.setns(_initPidfd, Kernel.CLONE_NEWPID) == -(int)Errno.ESRCH || !_record.Init.IsAlive();
    }

    private static ExecPlan Plan(ExecRequest request, ContainerRecord record)
    {
        Process? ofContainer = record.ReadProcess();
        IReadOnlyList<Fault> faults;
        ExecPlan plan;
        if (request.ProcessFile is string file)
        {
            plan = ExecPlanner.Plan(ofContainer ?? new Process(), ReadProcessFile(file), out faults);
        }
        else
        {
            plan = ExecPlanner.Plan(
                ofContainer
                    ?? throw new RuntimeException("config.json has no process to start from: give one with --process"),
                request.Changes!,
                out faults);
        }

        return faults.Count == 0
            ? plan with
            {
                Personality = record.ReadPersonality(),
                Process = record.KeepsGroups() ? plan.Process with { KeepsGroups = true } : plan.Process,
            }
            : throw new RuntimeException(faults);
    }

    private static Process ReadProcessFile(string file)
    {
        byte[] path = Utf8.Terminated(file);
        using Fd opened = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path, "--process"));
        byte[] json = FileContent.Read(opened.Number, FileContent.MaxDocument, out int length)
            ?? throw new KernelException("read", file, Errno.EIO, "--process", "it is a directory, or over 16 MiB");
        return ConfigReader.ReadProcess(json.AsSpan(0, length), out IReadOnlyList<Fault> faults)
            ?? throw RuntimeException.InDocument(file, faults);
    }

    private void Start()
    {
        (Fd console, Fd ownConsole) = TerminalSockets.Open(
            _plan.Process.Terminal, _request.ConsoleSocket, !_request.IsDetached);
        Clone(console.Number, ownConsole.IsOpen);
        console.Dispose();
        try
        {
            if (_attachesByUnit)
            {
                Attach();
            }

            _signals.WaitForMessage(_channel.Descriptor);
            if (_channel.Receive(out KernelException? failure) != SyncMessage.None && failure is not null)
            {
                throw failure;
            }

            _terminal = TerminalSockets.Receive(ownConsole);
            if (_request.PidfdSocket is string pidfdSocket)
            {
                UnixSocket.SendTo(pidfdSocket, "--pidfd-socket", _pidfd);
            }

            PidFile.Write(_request.PidFile, _pid);
        }
        catch
        {
            TakeBack();
            throw;
        }
    }

    /// <summary>Has systemd move the process, and looks that it did, before the program may begin.</summary>
    private void Attach()
    {
        string unit = _record.SystemdUnit!;
        string path = Utf8.ToText(_cgroups.UnifiedPath!);
        int below = path.LastIndexOf("/" + unit, StringComparison.Ordinal) + 1 + unit.Length;
        new SystemdManager(_record.SystemdBus!, isUser: true).Attach(SystemdUnit.Named(unit), path[below..], _pid);
        List<int> members = [];
        _cgroups.ReadProcesses(members);
        if (!members.Contains(_pid))
        {
            throw new KernelException("join cgroup", path, Errno.EACCES);
        }

        _channel.Send(SyncMessage.CgroupsMade);
    }

    /// <summary>The new process; in the child this does not return.</summary>
    private unsafe void Clone(int console, bool ownsTerminal)
    {
        if (_record.Resctrl is not null)
        {
            ResctrlGroup.Join(_record.Resctrl, Kernel.getpid());
        }

        // The child inherits that and these, and is in its cgroup of version 2 from its first moment.
        ProcessAttributes.SetProcessors(_plan.Process.InitialProcessors, "process.execCPUAffinity.initial");
        using Fd cgroup = new(_cgroups.OpenUnified());
        using Fd root = new(OpenRoot());
        KernelException.Check(
            Kernel.socketpair(Kernel.SOCK_SEQPACKET, out int ours, out int theirs), "socketpair");
        SeccompFilter? filter = MakeFilter();
        ExecHandover handover = new()
        {
            Plan = ownsTerminal ? WithCallersSize() : _plan,
            Image = new ExecImage(_plan.Arguments, _plan.Environment),
            Channel = theirs,
            InitPidfd = _initPidfd,
            Namespaces = EnterPidNamespace(),
            Root = root.Number,
            Cgroups = _cgroups,
            KeyringOf = _record.HasSessionKeyring ? _record.Id : null,
            ConsoleSocket = console,
            Seccomp = filter,
            PreservedDescriptors = _request.PreservedDescriptors,
            ListenDescriptors = _request.ListenDescriptors,
        };

        // The child is seen by the container from its first moment, and inherits this.
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_DUMPABLE, 0), "prctl", "PR_SET_DUMPABLE"u8);
        int pidfd = -1;
        Kernel.clone_args arguments = new()
        {
            flags = Kernel.CLONE_PIDFD | (cgroup.IsOpen ? Kernel.CLONE_INTO_CGROUP : 0),
            pidfd = (ulong)&pidfd,
            exit_signal = (ulong)Kernel.SIGCHLD,
            cgroup = cgroup.IsOpen ? (ulong)cgroup.Number : 0,
        };
        SeccompFilters.TellPid(filter, ref arguments);
        int pid = CloneInto(arguments);
        if (pid == -(int)Errno.EACCES && cgroup.IsOpen && _record.SystemdUnit is not null)
        {
            // The cgroup is the user's, and the one above it and his own is not: his systemd may do it.
            _attachesByUnit = handover.AwaitsCgroup = true;
            arguments.flags &= ~Kernel.CLONE_INTO_CGROUP;
            arguments.cgroup = 0;
            pid = Kernel.clone3(in arguments);
        }

        if (pid == 0)
        {
            Kernel.close(ours);
            ExecInit.Run(handover);
        }

        Kernel.close(theirs);
        SeccompFilters.CloseSocket(filter);
        _channel = new SyncChannel(ours);
        _pid = KernelException.Check(pid, "clone3");
        _pidfd = pidfd;
    }

    /// <summary>
    /// clone3; where version 2 lets no process into the container's cgroup any more (cgroup-v2.rst, No Internal Process
    /// Constraint: the container runs systemd, say), into that of the first process.
    /// </summary>
    private int CloneInto(Kernel.clone_args arguments)
    {
        int pid = Kernel.clone3(in arguments);
        if (pid is not (-(int)Errno.EBUSY or -(int)Errno.EOPNOTSUPP) || arguments.cgroup == 0
            || _request.SubCgroups.Count > 0)
        {
            return pid;
        }

        using Fd cgroup = new(ContainerCgroups.OpenUnifiedOf(_record.Init.Pid));
        if (!cgroup.IsOpen)
        {
            return pid;
        }

        arguments.cgroup = (ulong)cgroup.Number;
        return Kernel.clone3(in arguments);
    }

    /// <summary>The container's own filter, from its config.json on record.</summary>
    private SeccompFilter? MakeFilter()
    {
        LinuxSeccomp? profile = _record.ReadSeccomp();
        if (profile is null && !SeccompFilters.MayBeAnnotated(_record.ConfigJson.Span))
        {
            return null;
        }

        SeccompProgram? program = SeccompFilters.Compile(
            profile, _record.ReadAnnotations(), _request.Environment, warn: null, out SeccompAgent agent);
        return program is null ? null : SeccompFilters.Make(
            program,
            profile?.ListenerMetadata,
            agent,
            () => RuntimeHooks.MakeState(_record.Id, _record.Bundle, _record.ReadAnnotations()),
            ContainerStatus.Running,
            _record.Init.Pid);
    }

    /// <summary>The terminal that is relayed has the size of the caller's from its first moment.</summary>
    private ExecPlan WithCallersSize()
    {
        return Kernel.tty_get_size(0, out ushort rows, out ushort columns) < 0
            ? _plan
            : _plan with
            {
                Process = _plan.Process with { ConsoleSize = new Box { Height = rows, Width = columns } },
            };
    }

    /// <summary>
    /// Joins the pid namespace, which counts for children only: this process clones no other, and stays where it is.
    /// Without root that needs the rights which the user namespace gives, so this process joins it too.
    /// </summary>
    /// <returns>The namespaces left to the child.</returns>
    private NamespaceType EnterPidNamespace()
    {
        NamespaceType here = NamespaceType.Pid | (Kernel.geteuid() == 0 ? 0 : NamespaceType.User);
        here &= _record.Namespaces;
        if (here != 0)
        {
            KernelException.Check(Kernel.setns(_initPidfd, (ulong)here), "join the container's pid namespace");
        }

        return _record.Namespaces & ~here;
    }

    /// <summary>A container without a mount namespace has its root by chroot, which its first process knows.</summary>
    private int OpenRoot()
    {
        if ((_record.Namespaces & NamespaceType.Mount) != 0)
        {
            return -1;
        }

        byte[] path = Utf8.Terminated("/proc/" + _record.Init.Pid + "/root");
        return KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC), "open", path);
    }

    private int WaitForEnd()
    {
        using ConsoleRelay? console = _terminal < 0 ? null : new ConsoleRelay(_terminal);
        return ForegroundWait.ForEnd(_pid, _pidfd, _signals, console);
    }

    /// <summary>Ends the child. A frozen one ends when it is thawed; nobody waits for that.</summary>
    private void TakeBack()
    {
        _ = Kernel.pidfd_send_signal(_pidfd, Kernel.SIGKILL);
        Span<pollfd> entry = stackalloc pollfd[1];
        entry[0].fd = _pidfd;
        entry[0].events = Kernel.POLLIN;
        if (Kernel.poll(entry, EndLimitMilliseconds) > 0)
        {
            _ = Kernel.waitid(Kernel.P_PIDFD, _pidfd, Kernel.WEXITED, out _);
        }
    }
}

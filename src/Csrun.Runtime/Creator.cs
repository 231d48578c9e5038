using System;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Seccomp;
using Csrun.Spec;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>
/// Creates a container, seen from outside: its directory and record, its cgroups, its first process, the hooks between,
/// until it waits for its start. What fails on the way takes everything back.
/// </summary>
public sealed partial class Creator
{
    private const int EndLimitMilliseconds = 1000;
    private const string PidfdReceiver = "run.oci.pidfd_receiver"; // crun's

    private readonly CreateRequest _request;
    private readonly Bundle _bundle;
    private readonly Plan _plan;
    private readonly ContainerDirectory _directory;
    private readonly CgroupPlacement _placement;
    private readonly SignalReader _signals;
    private readonly RuntimeHooks? _hooks;
    private readonly SeccompProgram? _seccomp;
    private readonly SeccompAgent _agent;
    private ContainerRecord _record;
    private readonly Fd _consoleSocket;
    private readonly Fd _ownConsoleEnd;
    private SyncChannel _channel;
    private Fd _pidfd;
    private NetworkDevices? _devices;
    private ResctrlPaths? _takenBack;
    private ProgramStreams? _streams;

    private Creator(
        CreateRequest request,
        Bundle bundle,
        (SeccompProgram? Program, SeccompAgent Agent) seccomp,
        ContainerDirectory directory,
        SignalReader signals)
    {
        (_seccomp, _agent) = seccomp;
        _request = request;
        _bundle = bundle;
        _plan = bundle.Plan;
        _hooks = RuntimeHooks.Of(_plan, request.Hooks);
        _directory = directory;
        _signals = signals;
        _placement = CgroupPlacement.Of(_plan, request);
        _record = NewRecord.Of(request, bundle, _placement);
        (_consoleSocket, _ownConsoleEnd) = TerminalSockets.Open(
            _plan.Process is { Terminal: true }, request.ConsoleSocket, request.IsForeground);
    }

    /// <summary>Creates the container. The caller holds its lock until it disposes of the result.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="bundle">The bundle that the request loads.</param>
    /// <param name="signals">A signal that ends this process ends the create.</param>
    /// <exception cref="RuntimeException">It could not be created; nothing is left of it.</exception>
    public static CreatedContainer Create(CreateRequest request, Bundle bundle, SignalReader signals)
    {
        foreach (Fault warning in bundle.Warnings())
        {
            request.Warn(warning.ToString());
        }

        CapabilityWarnings.Say(bundle.Plan.Process?.Capabilities, bundle.Plan.Namespaces.All, request.Warn);
        SeccompProgram? seccomp = SeccompFilters.Compile(
            bundle.Plan.Seccomp, bundle.Plan.Annotations, request.Hooks.Environment, request.Warn,
            out SeccompAgent agent);
        if (bundle.Plan.Process is { HasLabels: true } labelled)
        {
            SecurityModules.Require(labelled);
        }

        ContainerDirectory directory = ContainerDirectory.Make(request.Root, request.Id);
        Creator? creator = null;
        try
        {
            creator = new Creator(request, bundle, (seccomp, agent), directory, signals);
            return creator.Create();
        }
        catch
        {
            creator?.TakeBack();
            directory.Remove();
            directory.Dispose();
            creator?.RunPoststop();
            throw;
        }
    }

    // Without a mount namespace the socket's place would be mounted on the host.
    private string? NotifySocket => _plan.Namespaces.Has(NamespaceType.Mount) ? _request.NotifySocket : null;

    private CreatedContainer Create()
    {
        _directory.Write(_record);
        if (_record.Resctrl is ResctrlPaths resctrl)
        {
            bool existed = ResctrlGroup.MakeDirectories(resctrl, _plan.IntelRdt!, made => _takenBack = made);
            ResctrlGroup.Configure(resctrl, _plan.IntelRdt!, existed);
            _record = _record with { Resctrl = resctrl with { IsOurs = resctrl.IsOurs && _takenBack!.IsOurs } };
        }

        if (NotifySocket is not null)
        {
            _directory.MakeNotifyDirectory();
        }

        _streams = _request.OpenStreams?.Invoke(_directory.Descriptor, _plan.Process is { Terminal: true });
        using Fd fifo = _request.StartsItself ? default : MakeFifo();
        int cgroup = _placement.OpenForClone();
        if (_placement.Cgroups.SharesCaller)
        {
            _record = _record with { CgroupPaths = _placement.Cgroups.Paths };
        }

        int pid = Clone(fifo, cgroup);
        if (cgroup >= 0)
        {
            Kernel.close(cgroup);
        }

        if (_plan.Namespaces.JoinOf(NamespaceType.User) is not null && fifo.IsOpen)
        {
            // Only now is it known who root is in there; the container opens it when it is on record.
            _directory.GiveFifo(IdMaps.OfRoot(pid, "uid_map"), IdMaps.OfRoot(pid, "gid_map"));
        }

        if (_plan.Namespaces.Makes(NamespaceType.User))
        {
            Expect(SyncMessage.WantsIdMaps);
            IdMaps.Write(pid, _plan.Namespaces);
            _channel.Send(SyncMessage.IdMapsWritten);
        }

        if (_plan.NetDevices.Count != 0)
        {
            Expect(SyncMessage.WantsNetDevices);
            _devices = NetworkDevices.Move(pid, _plan.NetDevices);
            _channel.Send(SyncMessage.NetDevicesMoved);
        }

        Fill(pid);
        if (_record.Resctrl is not null)
        {
            ResctrlGroup.Join(_record.Resctrl, pid);
        }

        _channel.Send(SyncMessage.CgroupsMade);
        _record = _record with { Init = ProcessIdentity.OfChild(pid), Streams = NameStreams() };
        RunHooks(pid);
        Expect(SyncMessage.Created);
        _placement.Delegate(pid);
        _record = _record with { IsBeingCreated = false };
        _directory.Write(_record);
        int terminal = TerminalSockets.Receive(_ownConsoleEnd);
        if (_request.PidfdSocket is string pidfdSocket)
        {
            UnixSocket.SendTo(pidfdSocket, "--pidfd-socket", _pidfd.Number);
        }

        if (_plan.Annotations.TryGetValue(PidfdReceiver, out string? receiver))
        {
            UnixSocket.SendTo(receiver, "annotations[" + PidfdReceiver + "]", _pidfd.Number);
        }

        PidFile.Write(_request.PidFile, pid);
        if (!_request.StartsItself)
        {
            _channel.Send(SyncMessage.Recorded);
        }

        _devices?.Dispose();
        return new CreatedContainer(_directory, _record, _plan, _placement.Cgroups, _channel, _pidfd)
        {
            Terminal = terminal,
            Hooks = _hooks,
            NotifySocket = NotifySocket,
        };
    }

    /// <summary>
    /// A process that has failed by now cannot be moved into its cgroups: what it said is the error to tell.
    /// </summary>
    private void Fill(int pid)
    {
        try
        {
            _placement.Fill(pid, joins: _plan.Namespaces.Has(NamespaceType.User));
        }
        catch (KernelException)
        {
            KernelException? failure = null;
            if (Kernel.CanRead(_channel.Descriptor))
            {
                _ = _channel.Receive(out failure);
            }

            if (failure is not null)
            {
                throw failure;
            }

            throw;
        }
    }

    /// <summary>
    /// What the program gets: later it may have put it elsewhere. Looked at while its process is at work.
    /// </summary>
    private string[]? NameStreams()
    {
        (int input, int output, int error) = _streams ?? new ProgramStreams(0, 1, 2);
        string[]? names = _plan.Process is { Terminal: false } && _plan.Namespaces.Makes(NamespaceType.Mount)
            ? StreamName.OfOwn(input, output, error)
            : null;
        _streams?.Close();
        return names;
    }

    private Fd MakeFifo()
    {
        NamespacePlan namespaces = _plan.Namespaces;
        return namespaces.Makes(NamespaceType.User)
            ? _directory.MakeFifo(IdMaps.OfRoot(namespaces.UidMappings), IdMaps.OfRoot(namespaces.GidMappings))
            : _directory.MakeFifo(Kernel.geteuid(), Kernel.getegid());
    }

    /// <summary>prestart and createRuntime, when the first process says that all is mounted.</summary>
    private void RunHooks(int pid)
    {
        if (_hooks is not { RunAtCreate: true })
        {
            return;
        }

        Expect(SyncMessage.WantsHooks);

        // A hook may ask for the container's state, and act on its process.
        _record = _record with { IsBeingCreated = true };
        _directory.Write(_record);
        _hooks.RunCreate(pid, _signals);
        _channel.Send(SyncMessage.HooksDone);
    }

    private void Expect(SyncMessage expected)
    {
        _signals.WaitForMessage(_channel.Descriptor);
        SyncMessage message = _channel.Receive(out KernelException? failure, out int number);
        while (message == SyncMessage.WantsSource)
        {
            using (Fd source = BindSource.Clone(_plan.Mounts[number], _plan.Root))
            {
                _channel.SendDescriptor(SyncMessage.Source, source.Number);
            }

            _signals.WaitForMessage(_channel.Descriptor);
            message = _channel.Receive(out failure, out number);
        }

        if (failure is not null)
        {
            throw failure;
        }

        if (message != expected)
        {
            throw new RuntimeException("the container's first process ended before it was set up" + HowItEnded());
        }
    }

    /// <summary>It is about to end, where it ends at all: it may also be alive and the channel to it broken.</summary>
    private string HowItEnded()
    {
        Span<pollfd> entry = stackalloc pollfd[1];
        entry[0].fd = _pidfd.Number;
        entry[0].events = Kernel.POLLIN;
        return Kernel.poll(entry, EndLimitMilliseconds) > 0
            && Kernel.waitid(
                Kernel.P_PIDFD, _pidfd.Number, Kernel.WEXITED | Kernel.WNOWAIT, out Kernel.ExitInfo info) == 0
            ? info.Code == Kernel.CLD_EXITED
                ? ": exit code " + info.Status
                : ": killed by signal " + info.Status + Whose(info)
            : string.Empty;
    }

    private string Whose(Kernel.ExitInfo info)
    {
        return info.Status == Kernel.SIGKILL && _placement.Cgroups.HasKilledForMemory()
            ? ", at the memory limit of its cgroup (linux.resources.memory.limit)"
            : string.Empty;
    }

    /// <summary>Whatever hooks of a container that began to exist have done, these may undo.</summary>
    private void RunPoststop()
    {
        if (_pidfd.IsOpen)
        {
            _hooks?.RunPoststop();
        }
    }

    /// <summary>Undoes what Create did; the errors on the way would hide the one that matters.</summary>
    private void TakeBack()
    {
        _devices?.TakeBack();
        if (_pidfd.IsOpen)
        {
            _ = Kernel.pidfd_send_signal(_pidfd.Number, Kernel.SIGKILL);
            _ = Kernel.waitid(Kernel.P_PIDFD, _pidfd.Number, Kernel.WEXITED, out _);
            _pidfd.Dispose();
            Kernel.close(_channel.Descriptor);
        }

        _placement.TakeBack();
        try
        {
            if (_takenBack is not null)
            {
                ResctrlGroup.Remove(_takenBack);
            }
        }
        catch (KernelException)
        {
            // As said above.
        }
    }
}

using System;
using System.Collections.Generic;
using Csrun.Checkpoint.Messages;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Checkpoint;

/// <summary>
/// checkpoint: criu saves a container's processes; then the container is gone, unless it is to go on.
/// </summary>
public static class Dumper
{
    // criu cannot stop who waits in a vfork whose child it has stopped before that executes something: bad luck, and
    // brief. Where a process never stops, each attempt takes criu's timeout, 10 s.
    private const int MaxAttempts = 3;

    /// <summary>Saves a container.</summary>
    /// <exception cref="RuntimeException">It does not run, or criu cannot; it goes on then.</exception>
    public static void Checkpoint(StateRoot root, string id, CheckpointOptions options, HookContext hooks)
    {
        using Container container = Container.Open(root, id);
        ContainerStatus status = container.Status();
        if (status is not (ContainerStatus.Running or ContainerStatus.Paused))
        {
            throw new RuntimeException(
                "Container cannot be checkpointed in " + ContainerStatusWords.Word(status) + " state");
        }

        Plan plan = PlanOf(container.Record);
        Refuse(plan);
        if (UnsavedProcesses.Of(container) is { Count: > 0 } unsaved)
        {
            hooks.Warn(
                "processes that do not descend from the first one, such as those of exec, are not saved: "
                + string.Join(", ", unsaved));
        }

        using ImageDirectories directories = ImageDirectories.Open(options, save: true);
        Dump(container, plan, options, directories, hooks);

        // As runc and crun do: what is saved is not left behind as a stopped container.
        if (!options.LeaveRunning && !options.PreDump)
        {
            container.Delete(force: true, hooks);
        }
    }

    private static void Dump(
        Container container, Plan plan, CheckpointOptions options, ImageDirectories directories, HookContext hooks)
    {
        int pid = container.Record.Init.Pid;
        string[] streams = StreamNames.Of(container.Record);
        CheckpointOptions all = options with { EmptyNetwork = options.EmptyNetwork || HooksMakeNetwork(plan) };
        CriuRequest request = CriuRequests.Dump(pid, plan, all, streams, Places(container, plan));
        directories.Tell(request.Opts);
        using CgroupYard yard = CgroupYard.Make(request.Opts);
        if (FreezerPath(container.Record) is string freezer)
        {
            request.Opts.FreezeCgroup = freezer;
        }

        AddNamespaces(request.Opts, plan, pid);
        if (!options.PreDump)
        {
            StreamNames.Write(directories.Images, streams);
        }

        for (int left = container.Status() == ContainerStatus.Paused ? 1 : MaxAttempts; ; left--)
        {
            CriuAnswer? answer = Ask(request, plan.Process, options, directories, hooks, out Kernel.ExitInfo ended);

            // After a pre-dump criu waits for the next one, and ends in failure because none comes.
            bool endedWell = options.PreDump || ended is { Code: Kernel.CLD_EXITED, Status: 0 };
            if (answer is { Success: true } && endedWell)
            {
                return;
            }

            if (left == 1 || !CriuFailure.IsTimeout(answer))
            {
                throw CriuFailure.Of(answer, ended, options.LogDirectory, CriuRequests.DumpLog);
            }

            hooks.Warn("criu did not get all processes to stop in time, and let them go on: it is asked once more");
        }
    }

    private static CriuAnswer? Ask(
        CriuRequest request,
        ProcessPlan? process,
        CheckpointOptions options,
        ImageDirectories directories,
        HookContext hooks,
        out Kernel.ExitInfo ended)
    {
        using SignalReader signals = new();
        using Fd empty = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC), "open", "/dev/null"u8));
        using CriuSession criu = CriuSession.Start(
            hooks.Environment(), [empty.Number, empty.Number, empty.Number], [], noNewPrivileges: false, signals);
        CriuAnswer? answer = criu.Ask(request, (step, _, _) =>
        {
            if (step == "status-ready")
            {
                criu.WaitsForPeer = true;
                TellReady(options.StatusDescriptor, hooks);
            }
            else if (step == "post-dump" && !options.PreDump)
            {
                LabelCheck.OfImages(process, request.Opts.Pid, directories);
            }
        });
        ended = criu.End();
        return answer;
    }

    /// <summary>The page server of --lazy-pages is there: whoever waits for it may start the restore.</summary>
    private static void TellReady(int statusDescriptor, HookContext hooks)
    {
        if (statusDescriptor < 0)
        {
            return;
        }

        int written = Kernel.WriteAll(statusDescriptor, [0]);
        if (written < 0)
        {
            hooks.Warn("--status-fd: write: " + ((Errno)(-written)).Message());
        }

        Kernel.close(statusDescriptor);
    }

    private static Plan PlanOf(ContainerRecord record)
    {
        ContainerConfig? config = ConfigReader.Read(record.ConfigJson.Span, out IReadOnlyList<Fault> faults);
        Plan? plan = config is null
            ? null
            : PlanBuilder.Build(config, new PlanOptions { Id = record.Id, Bundle = record.Bundle }, out faults);
        return plan ?? throw new RuntimeException(faults);
    }

    /// <summary>What criu would not bring back, and not say.</summary>
    private static void Refuse(Plan plan)
    {
        foreach (MountPlan mount in plan.Mounts)
        {
            if (mount.IdMap is not null)
            {
                throw new KernelException(
                    "checkpoint a mount that maps ids", string.Empty, Errno.EOPNOTSUPP, mount.Place,
                    "criu does not restore the map");
            }
        }
    }

    /// <summary>
    /// Where the mounts are that are not to be saved: their places are looked up in the container, links followed.
    /// </summary>
    private static List<(string Place, string Name)> Places(Container container, Plan plan)
    {
        byte[] rootPath = Utf8.Terminated("/proc/" + container.Record.Init.Pid + "/root");
        using Fd rootDirectory = new(KernelException.Check(
            HostPath.Open(rootPath, Kernel.O_PATH | Kernel.O_DIRECTORY), "open", rootPath));
        ContainerRoot root = new(rootDirectory.Number);
        List<(string Place, string Name)> places = [];
        byte[] buffer = new byte[4096];
        string? notify = container.HasNotifyDirectory ? string.Empty : null;
        foreach (OutsideMount mount in OutsideMounts.Of(plan, container.Cgroups, notify))
        {
            using Fd place = new(root.Open(Utf8.Terminated(mount.Destination)));
            int length = !place.IsOpen ? -1 : Kernel.readlinkat(
                Kernel.AT_FDCWD, Utf8.Terminated("/proc/self/fd/" + place.Number), buffer);
            if (length > 0)
            {
                places.Add((Utf8.ToText(buffer.AsSpan(0, length)), mount.Destination));
            }
        }

        return places;
    }

    /// <summary>
    /// Hooks of create, which run at the restore too, put devices there that criu must not make as well.
    /// </summary>
    private static bool HooksMakeNetwork(Plan plan)
    {
        return plan.Namespaces.Makes(NamespaceType.Network)
            && plan.Hooks is { Prestart.Length: > 0 } or { CreateRuntime.Length: > 0 };
    }

    private static string? FreezerPath(ContainerRecord record)
    {
        return record.CgroupPaths.TryGetValue("freezer", out string? legacy) ? legacy
            : record.CgroupPaths.TryGetValue(string.Empty, out string? unified) ? unified
            : null;
    }

    /// <summary>
    /// Namespaces that were joined by path are somebody else's, and must be there again at the restore.
    /// </summary>
    private static void AddNamespaces(CriuOptions criu, Plan plan, int pid)
    {
        foreach (NamespaceJoin join in plan.Namespaces.Join)
        {
            if (!CriuRequests.IsLeftAlone(join.Type))
            {
                continue;
            }

            string kind = join.Type == NamespaceType.Network ? "net" : "pid";
            byte[] path = Utf8.Terminated("/proc/" + pid + "/ns/" + kind);
            KernelException.Check(
                Kernel.statx(Kernel.AT_FDCWD, path, 0, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info),
                "stat", path);
            criu.External.Add(kind + "[" + (ulong)info.stx_ino + "]:" + CriuRequests.NamespaceName(join.Type));
        }
    }
}

using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Task.Streams;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>Create, and what it shares with the start of an exec.</summary>
internal sealed partial class TaskService
{
    private void Create(TtrpcCall call)
    {
        CreateTaskRequest request = call.Read<CreateTaskRequest>();
        if (_containers.ContainsKey(request.Id))
        {
            throw TtrpcException.AlreadyExists("container " + request.Id);
        }

        Options options = RuncOptions.Read(request.Options);
        TaskIo io = new(request.Stdin, request.Stdout, request.Stderr, request.Terminal);
        TaskContainer container = new(
            request.Id, request.Bundle, io, options, RuncOptions.StateRoot(options, _namespace))
        {
            Checkpoint = request.Checkpoint.Length == 0 ? null : request.Checkpoint,
        };
        Files.Write(container.Bundle + "/options.json", RuncOptions.ToJson(options));
        Files.Write(container.Bundle + "/runtime", Encoding.UTF8.GetBytes(options.BinaryName));
        container.HasOwnPidNamespace = BundleConfig.HasOwnPidNamespace(container.Bundle);
        RootfsMounts.MountAll(request.Rootfs, container.Rootfs);
        container.HasMounts = request.Rootfs.Count > 0;
        _containers.Add(container.Id, container);
        _ = _deleted.Remove(container.Id);
        HasServed = true;
        PrepareStreams(container, why =>
        {
            if (why is not null)
            {
                FailCreate(call, container, why);
            }
            else if (container.Checkpoint is null)
            {
                RunCreate(call, container, request.Rootfs);
            }
            else
            {
                // Nothing is made before the Start: there is only one process to be, and that one is saved.
                TellCreated(call, container, request.Rootfs);
            }
        });
    }

    /// <summary>Opens the first process's streams, and calls back when it may be started.</summary>
    /// <param name="container">The container.</param>
    /// <param name="then">Takes why it may not; null where it may.</param>
    private void PrepareStreams(TaskContainer container, Action<string?> then)
    {
        try
        {
            container.Init.Streams = OpenStreams(container, container.Init.Io, container.Id);
            container.Init.Streams.Prepare(then);
        }
        catch (Exception error) when (error is TtrpcException or KernelException)
        {
            then(ErrorText.Of(error));
        }
    }

    private ProcessStreams OpenStreams(TaskContainer container, TaskIo io, string name)
    {
        (uint Uid, uint Gid) owner = (container.Options.IoUid, container.Options.IoGid);
        int scheme = io.Stdout.IndexOf("://", StringComparison.Ordinal);
        switch (scheme < 0 ? "" : io.Stdout[..scheme])
        {
            case "":
                return io.Terminal
                    ? new TerminalStreams(_loop, container.Bundle, io.Stdin, io.Stdout)
                    : new PipeStreams(_loop, io.Stdin, io.Stdout, io.Stderr, owner);
            case "binary" or "binary-v2" when !io.Terminal:
                return new LoggerStreams(_loop, _processes, io.Stdout, name, _namespace);
            case "file" when !io.Terminal:
                return new PipeStreams(_loop, io.Stdin, io.Stdout, "", owner);
            default:
                throw new TtrpcException(StatusCode.Unknown, "unknown STDIO scheme " + io.Stdout[..scheme]);
        }
    }

    private void RunCreate(TtrpcCall call, TaskContainer container, IReadOnlyList<Mount> rootfs)
    {
        void AddOptions(RuntimeCommand command)
        {
            command.Add("--bundle", container.Bundle, "--pid-file", container.Bundle + "/init.pid");
            if (container.Options.NoPivotRoot)
            {
                command.Add("--no-pivot");
            }

            if (container.Options.NoNewKeyring)
            {
                command.Add("--no-new-keyring");
            }
        }

        Run(container, container.Init.Streams, "create", AddOptions, why => EndCreate(call, container, rootfs, why));
    }

    /// <summary>Runs one of csrun's commands on a container, and a process's streams.</summary>
    /// <param name="container">The container.</param>
    /// <param name="streams">The streams; null for a command that starts nothing.</param>
    /// <param name="what">The command's name.</param>
    /// <param name="addOptions">Adds its options; null where it has none.</param>
    /// <param name="onEnd">
    /// Takes the error in words for the client, that it could not be started among them; null where it went well.
    /// </param>
    private void Run(
        TaskContainer container,
        ProcessStreams? streams,
        string what,
        Action<RuntimeCommand>? addOptions,
        Action<string?> onEnd)
    {
        RuntimeCommand? command = null;
        int pid;
        try
        {
            command = new RuntimeCommand(container.Root.Path, container.Options.SystemdCgroup);
            command.Add(what);
            addOptions?.Invoke(command);
            streams?.AddTo(command);
            command.Add(container.Id);
            pid = Start(command, streams);
        }
        catch (KernelException error)
        {
            command?.Dispose();
            onEnd("OCI runtime " + what + " failed: " + ErrorText.Of(error));
            return;
        }

        streams?.Spawned();
        _processes.AddCommand(pid, info =>
        {
            bool isDone = info is { Code: Kernel.CLD_EXITED, Status: 0 };
            string? why = isDone ? null : Explain(command, container, what, info);
            command.Dispose();
            onEnd(why);
        });
    }

    private int Start(RuntimeCommand command, ProcessStreams? streams)
    {
        if (streams is not null)
        {
            return command.Start(CommandEnvironment(), streams.ForProcess);
        }

        using Fd nothing = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC), "open", "/dev/null"u8));
        return command.Start(CommandEnvironment(), (nothing.Number, nothing.Number, nothing.Number));
    }

    private static string Explain(RuntimeCommand command, TaskContainer container, string what, Kernel.ExitInfo info)
    {
        try
        {
            Files.Append(container.Bundle + "/log.json", command.ReadLog());
        }
        catch (KernelException)
        {
            // For operators; the client hears it anyway.
        }

        string why = command.ReadError()
            ?? (info.Code == Kernel.CLD_EXITED ? "csrun: exit status " + info.Status : "csrun: signal " + info.Status);
        return "OCI runtime " + what + " failed: " + why;
    }

    private void EndCreate(TtrpcCall call, TaskContainer container, IReadOnlyList<Mount> rootfs, string? why)
    {
        if (why is not null)
        {
            FailCreate(call, container, why);
        }
        else if (Adopt(container) is string failed)
        {
            DeleteByForce(container, () => FailCreate(call, container, "OCI runtime create failed: " + failed));
        }
        else
        {
            TellCreated(call, container, rootfs);
            _processes.Add(container.Init.Pid, (info, time) => TakeInitExit(container, info, time));
        }
    }

    private void TellCreated(TtrpcCall call, TaskContainer container, IReadOnlyList<Mount> rootfs)
    {
        container.IsBeingCreated = false;
        _events.Created(container, rootfs);
        call.Reply(new CreateTaskResponse { Pid = (uint)container.Init.Pid });
    }

    /// <summary>Removes what csrun has made and <see cref="Adopt"/> could not take.</summary>
    private void DeleteByForce(TaskContainer container, Action then)
    {
        // Where that fails too, the delete action tries again.
        Run(container, null, "delete", command => command.Add("--force"), _ => then());
    }

    /// <summary>Takes what csrun has made: its pid, its streams. Where that fails it is to be deleted.</summary>
    /// <returns>What failed; null where nothing did.</returns>
    private string? Adopt(TaskContainer container)
    {
        try
        {
            container.Init.Pid = Files.ReadNumber(container.Bundle + "/init.pid");
            container.Init.Streams!.Created();
            Learn(container);
            return null;
        }
        catch (Exception error) when (error is TtrpcException or KernelException or RuntimeException)
        {
            return ErrorText.Of(error);
        }
    }

    /// <summary>What the later calls need of the container that csrun has made.</summary>
    private void Learn(TaskContainer container)
    {
        using Container made = Container.Look(container.Root, container.Id);
        container.Cgroups = made.Cgroups;
        container.HasHooks = made.Record.ReadHooks() is not null;
        try
        {
            container.OutOfMemory = made.Cgroups.WatchOutOfMemory();
        }
        catch (KernelException)
        {
            // No memory controller: nothing of it will be killed for that.
            return;
        }

        uint events = container.OutOfMemory.PollEvents == Kernel.POLLIN ? Kernel.EPOLLIN : Kernel.EPOLLPRI;
        _loop.Watch(container.OutOfMemory.Descriptor, events, _ => TellOutOfMemory(container));
    }

    /// <summary>Tells a kill by the memory limit; one that comes while a start runs, after that.</summary>
    private void TellOutOfMemory(TaskContainer container)
    {
        container.OwesOutOfMemory |= container.OutOfMemory?.Happened() == true;
        if (container.OwesOutOfMemory && !container.IsStarting)
        {
            container.OwesOutOfMemory = false;
            _events.OutOfMemory(container);
        }
    }

    private void FailCreate(TtrpcCall call, TaskContainer container, string why)
    {
        void Fail()
        {
            Forget(container);
            if (container.HasMounts)
            {
                try
                {
                    RootfsMounts.UnmountNow(container.Rootfs);
                }
                catch (KernelException error)
                {
                    why += "; " + ErrorText.Of(error);
                }
            }

            _ = _containers.Remove(container.Id);
            call.Fail(StatusCode.Unknown, why);
        }

        if (container.Init.Streams is ProcessStreams streams)
        {
            streams.Close(Fail);
        }
        else
        {
            Fail();
        }
    }

    private void Forget(TaskContainer container)
    {
        if (container.OutOfMemory is { } watch)
        {
            container.OutOfMemory = null;
            _loop.Unwatch(watch.Descriptor);
            watch.Dispose();
        }
    }
}

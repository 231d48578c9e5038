using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>Checkpoint, and the start of a container whose processes were saved: commands that run criu.</summary>
internal sealed partial class TaskService
{
    private void Checkpoint(TtrpcCall call)
    {
        CheckpointTaskRequest request = call.Read<CheckpointTaskRequest>();
        TaskContainer container = Find(request.Id);
        CheckpointOptions options = RuncOptions.ReadCheckpoint(request.Options);
        if (container.Status is not (Status.Running or Status.Paused))
        {
            throw WrongState("checkpoint", container);
        }

        if (container.IsBeingSaved)
        {
            TryAgain(call);
            return;
        }

        string work = options.WorkPath.Length > 0 ? options.WorkPath : container.Bundle + "/work/criu-work";
        container.IsBeingSaved = true;
        Run(
            container,
            null,
            "checkpoint",
            command => AddTo(command, options, request.Path, work),
            why =>
            {
                why = why is null ? null : KeepLog(container, why);
                if (options.WorkPath.Length == 0)
                {
                    Files.RemoveDirectory(work);
                }

                EndCheckpoint(call, container, request.Path, why);
            });
    }

    private static void AddTo(RuntimeCommand command, CheckpointOptions options, string images, string work)
    {
        command.Add("--image-path", images, "--work-path", work);
        ReadOnlySpan<(bool IsAsked, string Flag)> switches =
        [
            (!options.Exit, "--leave-running"),
            (options.OpenTcp, "--tcp-established"),
            (options.ExternalUnixSockets, "--ext-unix-sk"),
            (options.Terminal, "--shell-job"),
            (options.FileLocks, "--file-locks"),
        ];
        foreach ((bool isAsked, string flag) in switches)
        {
            if (isAsked)
            {
                command.Add(flag);
            }
        }

        foreach (string name in options.EmptyNamespaces)
        {
            command.Add("--empty-ns", name);
        }

        if (options.CgroupsMode.Length > 0)
        {
            command.Add("--manage-cgroups-mode", options.CgroupsMode);
        }
    }

    private void EndCheckpoint(TtrpcCall call, TaskContainer container, string images, string? why)
    {
        container.IsBeingSaved = false;
        if (why is null)
        {
            _events.Checkpointed(container, images);
            call.Reply();
        }
        else
        {
            call.Fail(StatusCode.Unknown, why);
        }

        TellInitExit(container);
    }

    /// <summary>
    /// Where criu left a log of its failure, a copy in the bundle outlives the directory it worked in, as with the
    /// reference.
    /// </summary>
    /// <returns>The error as one line, which names the copy.</returns>
    private static string KeepLog(TaskContainer container, string why)
    {
        const string Place = "log file: ";
        List<string> lines = [.. why.Split('\n')];
        int place = lines.FindIndex(line => line.StartsWith(Place, StringComparison.Ordinal));
        if (place >= 0 && Files.Read(lines[place][Place.Length..]) is byte[] log)
        {
            string copy = container.Bundle + "/criu-dump.log";
            try
            {
                Files.Write(copy, log);
                lines.RemoveAt(place);
                lines.Add("path= " + copy);
            }
            catch (KernelException error)
            {
                ShimLog.Error(ErrorText.Of(error));
            }
        }

        return string.Join("; ", lines);
    }

    /// <summary>The start of a container that is saved; what a failed one closed is opened once more.</summary>
    private void StartSaved(TtrpcCall call, TaskContainer container, string images)
    {
        container.Init.IsBusy = true;
        container.IsStarting = true;
        void Restore(string? why)
        {
            if (why is null)
            {
                RunRestore(call, container, images);
            }
            else
            {
                FailRestore(call, container, why);
            }
        }

        if (container.Init.Streams is null)
        {
            PrepareStreams(container, Restore);
        }
        else
        {
            Restore(null);
        }
    }

    private void RunRestore(TtrpcCall call, TaskContainer container, string images)
    {
        void AddOptions(RuntimeCommand command)
        {
            string work = container.Options.CriuWorkPath;
            command.Add("--image-path", images, "--work-path", work.Length > 0 ? work : container.Bundle + "/work");
            command.Add("--detach", "--no-subreaper", "--bundle", container.Bundle);
            command.Add("--pid-file", container.Bundle + "/init.pid");
        }

        Run(container, container.Init.Streams, "restore", AddOptions, why => EndRestore(call, container, why));
    }

    private void EndRestore(TtrpcCall call, TaskContainer container, string? why)
    {
        if (why is not null)
        {
            FailRestore(call, container, why.Replace("\n", "; ", StringComparison.Ordinal));
        }
        else if (Adopt(container) is string failed)
        {
            DeleteByForce(container, () => FailRestore(call, container, "OCI runtime restore failed: " + failed));
        }
        else
        {
            EndStart(call, container, null);
            _processes.Add(container.Init.Pid, (info, time) => TakeInitExit(container, info, time));
        }
    }

    /// <summary>Nothing is left of it, and it may be started once more.</summary>
    private void FailRestore(TtrpcCall call, TaskContainer container, string why)
    {
        void Fail()
        {
            Forget(container);
            container.Init.Streams = null;
            container.Init.Pid = 0;
            container.Cgroups = null;
            EndStart(call, container, why);
        }

        if (container.Init.Streams is { } streams)
        {
            streams.Close(Fail);
        }
        else
        {
            Fail();
        }
    }
}

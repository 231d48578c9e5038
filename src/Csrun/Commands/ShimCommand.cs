using System;
using System.Collections.Generic;
using System.Text;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;
using Csrun.Shim;
using Csrun.Shim.Logs;
using Csrun.Startup;

namespace Csrun.Commands;

/// <summary><c>shim</c>, and <c>--shim</c> of create and run: processes that stay with a container.</summary>
internal static class ShimCommand
{
    private const int FirstOther = 3;

    /// <summary>
    /// <c>shim ID</c>: for people, a new shim for a container. The same words start every shim's own process, which
    /// knows itself by the mark in its environment.
    /// </summary>
    public static int Run(Invocation invocation, Reporter reporter)
    {
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        StateRoot root = CommandContext.Root(invocation);
        return CommandContext.EnvironmentValue(ShimLaunch.Mark) switch
        {
            ShimLaunch.New => RunNew(root, id),
            ShimLaunch.Again => ShimProcess.RunAgain(
                root, id, message => reporter.Warning(message, DateTime.UtcNow)),
            _ => ShimLaunch.Start(Arguments(), Environment(ShimLaunch.Again, keepsOthers: false), 0),
        };
    }

    /// <summary>create and run with --shim: in the caller's process, and in the one that becomes the shim.</summary>
    public static int Create(Invocation invocation, CreateRequest request)
    {
        if (request.ConsoleSocket is not null)
        {
            throw new RuntimeException("--console-socket: with --shim the terminal is the shim's");
        }

        if (request.ListenDescriptors > 0)
        {
            throw new RuntimeException("--shim: the sockets of $LISTEN_FDS cannot be passed on to the program");
        }

        if (request.StartsItself && request.NotifySocket is not null)
        {
            throw new RuntimeException(
                "--shim: run tells $NOTIFY_SOCKET of no readiness: use create --shim, and start");
        }

        if (request.StartsItself && request.IsForeground)
        {
            throw new RuntimeException("--shim: run stays with the container itself unless --detach is given too");
        }

        ShimOptions options = Options(invocation);
        if (CommandContext.EnvironmentValue(ShimLaunch.Mark) != ShimLaunch.Create)
        {
            return ShimLaunch.Start(
                Arguments(), Environment(ShimLaunch.Create, keepsOthers: true), request.PreservedDescriptors);
        }

        CreateRequest absolute = request with
        {
            Root = new StateRoot(CommandContext.Absolute(request.Root.Path)),
            Hooks = request.Hooks with { Environment = EnvironmentWithoutMark },
        };
        ShimCreate.Run(absolute, options, [ExecutableSeal.Mark.ToArray()]);
        return 0;
    }

    /// <summary>
    /// A shim that cannot be one takes its container back: its caller, who still waits, is told that there is none.
    /// </summary>
    private static int RunNew(StateRoot root, string id)
    {
        ProcessIdentity init = default;
        try
        {
            return ShimProcess.RunForNew(root, id, out init);
        }
        catch (Exception error) when (error is KernelException or RuntimeException)
        {
            // What was opened for the shim: that may be all the descriptors there are.
            _ = Kernel.close_range(FirstOther);
            using Container? container = Container.TryOpen(root, id);
            if (container is not null && (container.Record.Init == init || ShimProcess.IsOwn(container)))
            {
                container.Delete(force: true, new HookContext(ProcessEntry.Environment, static _ => { }));
            }

            throw;
        }
    }

    private static ShimOptions Options(Invocation invocation)
    {
        string? size = invocation.GetString(Flag.ShimLogSize);
        if (!MemorySize.TryParse(size ?? "16m", out long bytes))
        {
            throw new RuntimeException("--shim-log-size: not a number of bytes: " + size);
        }

        long files = invocation.GetNumber(Flag.ShimLogFiles, 2);
        if (files is < 1 or > 1000)
        {
            throw new RuntimeException("--shim-log-files: a number from 1 to 1000 is needed");
        }

        string? log = invocation.GetString(Flag.ShimLog);
        return new ShimOptions
        {
            LogPath = log is null ? null : LogPlace.Resolve(CommandContext.Absolute(log)),
            Format = ShimOptions.FormatOf(invocation.GetString(Flag.ShimLogFormat)),
            MaxSize = bytes,
            MaxFiles = (int)files,
            BlocksWhenFull = invocation.GetString(Flag.ShimLogFull) == "block",
            Stdin = ShimOptions.StdinOf(invocation.GetString(Flag.ShimStdin)),
        };
    }

    private static byte[][] Arguments()
    {
        byte[][] arguments = new byte[ProcessEntry.ArgumentCount][];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = ProcessEntry.Argument(i);
        }

        return arguments;
    }

    private static byte[][] EnvironmentWithoutMark()
    {
        List<byte[]> entries = [];
        foreach (byte[] entry in ProcessEntry.Environment())
        {
            if (!entry.AsSpan().StartsWith(ShimLaunch.Mark))
            {
                entries.Add(entry);
            }
        }

        return [.. entries];
    }

    /// <summary>
    /// The environment of a further process of this file: which part is its, and that this file is sealed already,
    /// which it checks.
    /// </summary>
    private static List<byte[]> Environment(string part, bool keepsOthers)
    {
        List<byte[]> entries = [];
        if (keepsOthers)
        {
            entries.AddRange(EnvironmentWithoutMark());
        }

        entries.Add([.. ShimLaunch.Mark, .. Encoding.UTF8.GetBytes(part)]);
        entries.Add(ExecutableSeal.Mark.ToArray());
        return entries;
    }
}

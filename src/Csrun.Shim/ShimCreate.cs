using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Csrun.Shim.Logs;

namespace Csrun.Shim;

/// <summary>
/// The process that creates a container and becomes its shim: it clones the container as any create does, and then
/// gives up all it has by executing itself afresh. The container stays its child.
/// </summary>
public sealed class ShimCreate
{
    private readonly ShimOptions _options;
    private ProgramStreams _kept;

    private ShimCreate(ShimOptions options)
    {
        _options = options;
    }

    /// <summary>
    /// Creates the container and becomes its shim; returns only by an exception, and leaves nothing then.
    /// </summary>
    /// <param name="request">The container.</param>
    /// <param name="options">What the shim is to do.</param>
    /// <param name="environment">The environment of the shim, without its mark.</param>
    /// <exception cref="RuntimeException">The container could not be created.</exception>
    /// <exception cref="KernelException">The same, or it could not be started.</exception>
    public static void Run(CreateRequest request, ShimOptions options, IReadOnlyList<byte[]> environment)
    {
        Bundle bundle = request.LoadBundle();
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_CHILD_SUBREAPER, 1), "prctl", "PR_SET_CHILD_SUBREAPER"u8);
        using SignalReader signals = new();
        ShimCreate create = new(options);
        CreatedContainer container = Creator.Create(
            request with { IsForeground = true, OpenStreams = create.OpenStreams }, bundle, signals);
        try
        {
            if (request.StartsItself)
            {
                container.Start();
            }

            ReadOnlySpan<int> kept = container.Terminal >= 0
                ? [container.Terminal]
                : [create._kept.Input, create._kept.Output, create._kept.Error];
            ShimLaunch.Become(request.Root.Path, request.Id, environment, kept);
        }
        catch
        {
            container.Dispose();
            ForegroundRun.Remove(request, container.Record.Init);
            throw;
        }
    }

    /// <summary>Makes the shim's directory with the container's pipes, and sees that there can be a log.</summary>
    private ProgramStreams? OpenStreams(int container, bool hasTerminal)
    {
        ShimOptions options = _options with { HasTerminal = hasTerminal };
        using ShimDirectory directory = ShimDirectory.Make(container, options.ToText());
        LogFile.Open(LogPlace.OpenDirectory(options, directory, out byte[] name), name, options).Dispose();
        if (hasTerminal)
        {
            return null;
        }

        // The shim's own ends come first: a pipe that can end is opened for reading only, which waits for a writer. And
        // they are there before the container is: what it writes must not go with its last descriptor.
        directory.MakePipe(ShimDirectory.Output);
        directory.MakePipe(ShimDirectory.Error);
        if (_options.Stdin != StdinMode.Null)
        {
            directory.MakePipe(ShimDirectory.Input);
        }

        _kept = new ProgramStreams(
            OpenInput(directory, Kernel.O_RDWR),
            OpenPipe(directory, ShimDirectory.Output),
            OpenPipe(directory, ShimDirectory.Error));

        // The program's output can be read by itself too: without a reader it would be killed (SIGPIPE) with its shim.
        return new ProgramStreams(
            OpenInput(directory, _options.Stdin == StdinMode.Open ? Kernel.O_RDWR : Kernel.O_RDONLY),
            OpenPipe(directory, ShimDirectory.Output),
            OpenPipe(directory, ShimDirectory.Error));
    }

    private int OpenInput(ShimDirectory directory, int flags)
    {
        return _options.Stdin == StdinMode.Null
            ? KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, flags | Kernel.O_CLOEXEC), "open", "/dev/null"u8)
            : directory.OpenFile(ShimDirectory.Input, flags | Kernel.O_CLOEXEC).Number;
    }

    private static int OpenPipe(ShimDirectory directory, ReadOnlySpan<byte> name)
    {
        return directory.OpenFile(name, Kernel.O_RDWR | Kernel.O_CLOEXEC).Number;
    }
}

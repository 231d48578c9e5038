using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Csrun.Shim.Logs;

namespace Csrun.Shim;

/// <summary>
/// The process that creates a container and becomes its shim: it clones the container as any create does, and then gives
/// up all it has by executing itself afresh. The container stays its child.
/// </summary>
public sealed class ShimCreate
{
    private readonly ShimOptions _options;
    private Fd _input;

    private ShimCreate(ShimOptions options)
    {
        _options = options;
    }

    /// <summary>Creates the container and becomes its shim; returns only by an exception, and leaves nothing then.</summary>
    /// <param name="request">The container.</param>
    /// <param name="options">What the shim is to do.</param>
    /// <param name="environment">The environment of the shim, without its mark.</param>
    /// <exception cref="RuntimeException">The container could not be created.</exception>
    /// <exception cref="KernelException">The same, or it could not be started.</exception>
    public static void Run(CreateRequest request, ShimOptions options, IReadOnlyList<byte[]> environment)
    {
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_CHILD_SUBREAPER, 1), "prctl", "PR_SET_CHILD_SUBREAPER"u8);
        using SignalReader signals = new();
        ShimCreate create = new(options);
        CreatedContainer container = Creator.Create(
            request with { IsForeground = true, OpenStreams = create.OpenStreams }, signals);
        try
        {
            if (request.StartsItself)
            {
                container.Start();
            }

            int kept = container.Terminal >= 0 ? container.Terminal : create._input.Number;
            ShimLaunch.Become(request.Root.Path, request.Id, environment, kept);
        }
        catch
        {
            container.Dispose();
            using Container? made = Container.TryOpen(request.Root, request.Id);
            made?.Delete(force: true, request.Hooks);
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

        directory.MakePipe(ShimDirectory.Output);
        directory.MakePipe(ShimDirectory.Error);

        // The program's own ends can be read too: a pipe without a reader would kill it (SIGPIPE) when its shim dies.
        const int Both = Kernel.O_RDWR | Kernel.O_CLOEXEC;
        return new ProgramStreams(
            OpenInput(directory),
            Own(directory.OpenFile(ShimDirectory.Output, Both)),
            Own(directory.OpenFile(ShimDirectory.Error, Both)));
    }

    private int OpenInput(ShimDirectory directory)
    {
        if (_options.Stdin == StdinMode.Null)
        {
            return KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", "/dev/null"u8);
        }

        directory.MakePipe(ShimDirectory.Input);
        if (_options.Stdin == StdinMode.Open)
        {
            return Own(directory.OpenFile(ShimDirectory.Input, Kernel.O_RDWR | Kernel.O_CLOEXEC));
        }

        // A pipe that can end: the end that can write is the shim's alone. It is opened first, or opening the other waits.
        _input = directory.OpenFile(ShimDirectory.Input, Kernel.O_RDWR | Kernel.O_CLOEXEC);
        return Own(directory.OpenFile(ShimDirectory.Input, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
    }

    /// <summary>A descriptor that the creator closes.</summary>
    private static int Own(Fd fd)
    {
        return fd.Number;
    }
}

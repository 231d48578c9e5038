using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Tmds.Linux;

namespace Csrun.Shim.Logs;

/// <summary>
/// What <c>logs</c> does: prints a container's log from its oldest file on, and follows it where wanted.
/// </summary>
public sealed class LogReading : IDisposable
{
    private readonly Container _container;
    private readonly ShimDirectory _directory;
    private readonly LogFiles _files;

    /// <summary>Opens the log of a container.</summary>
    /// <exception cref="RuntimeException">It was made without a shim.</exception>
    /// <exception cref="KernelException">The log's directory cannot be opened.</exception>
    public LogReading(Container container)
    {
        _container = container;
        _directory = container.OpenShim() ?? throw new RuntimeException("the container was not made with --shim");
        ShimOptions options = ShimOptions.FromText(_directory.ReadOptions());
        Fd directory = LogPlace.OpenDirectory(options, _directory, out byte[] name);
        _files = new LogFiles(directory, name);
    }

    /// <summary>Prints the log.</summary>
    /// <param name="printer">What is printed of it.</param>
    /// <param name="tail">How many lines at the end; negative for all.</param>
    /// <param name="follows">Whether to stay until the container has ended.</param>
    public void Run(LogPrinter printer, long tail, bool follows)
    {
        if (tail >= 0)
        {
            ReadOn(null, printer.Count)?.Dispose();
            printer.Skip = Math.Max(0, printer.Counted - tail);
        }

        using Fd changes = new(follows ? KernelException.Check(Kernel.inotify_init(), "inotify_init1") : -1);
        if (follows)
        {
            Watch(changes.Number, _directory.Descriptor);
            Watch(changes.Number, _files.Directory);
        }

        LogLines? lines = null;
        while (true)
        {
            bool isOver = !follows || IsOver();
            lines = ReadOn(lines, printer.Print);
            if (isOver)
            {
                lines?.Dispose();
                return;
            }

            WaitForChange(changes.Number);
        }
    }

    /// <summary>Closes what was opened.</summary>
    public void Dispose()
    {
        _files.Dispose();
        _directory.Dispose();
    }

    private static void Watch(int inotify, int directory)
    {
        const uint Changes = Kernel.IN_MODIFY | Kernel.IN_CREATE
            | Kernel.IN_MOVED_TO | Kernel.IN_DELETE | Kernel.IN_ONLYDIR;
        byte[] path = Utf8.Terminated("/proc/self/fd/" + directory);
        KernelException.Check(Kernel.inotify_add_watch(inotify, path, Changes), "inotify_add_watch", path);
    }

    /// <summary>
    /// Reads from where it stands, at first the oldest file, up to the end of the newest, which it returns.
    /// </summary>
    private LogLines? ReadOn(LogLines? lines, Action<LogLines> read)
    {
        lines ??= _files.Open(_files.Oldest());
        while (lines is not null)
        {
            // Asked first: a file that has been moved on gets no more lines, so its end is its end.
            int index = _files.IndexOf(lines);
            lines.FollowTruncation();
            read(lines);
            if (index == 0)
            {
                return lines;
            }

            LogLines? next = _files.OpenAfter(lines);
            lines.Dispose();
            lines = next;
        }

        return lines;
    }

    /// <summary>Whether nobody will write to the log any more.</summary>
    private bool IsOver()
    {
        return _directory.ReadStatus() is not ShimStatus status
            || (!status.Shim.IsAlive() && (status.Exit != ExitKnowledge.None || !_container.Record.Init.IsAlive()));
    }

    private void WaitForChange(int changes)
    {
        ProcessIdentity shim = _directory.ReadStatus()?.Shim ?? default;
        using Fd process = new((shim.IsAlive() ? shim : _container.Record.Init).OpenPidfd());
        Span<pollfd> entries = stackalloc pollfd[2];
        entries[0] = new pollfd { fd = changes, events = Kernel.POLLIN };
        entries[1] = new pollfd { fd = process.Number, events = Kernel.POLLIN };

        // Without a process to wait for it has just ended, which is looked at again.
        KernelException.Check(Kernel.poll(entries, process.IsOpen ? -1 : 0), "poll");
        _ = Kernel.DrainInotify(changes);
    }
}

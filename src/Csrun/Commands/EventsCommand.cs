using System;
using System.Buffers;
using System.Text.Json;
using Csrun.Cgroups;
using Csrun.Cgroups.Statistics;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Runtime;
using Tmds.Linux;

namespace Csrun.Commands;

/// <summary>
/// <c>events</c>: statistics and kills by the memory limit, a line of JSON each, until the container ends.
/// </summary>
internal static class EventsCommand
{
    private const int Day = 24 * 60 * 60 * 1000;

    public static int Run(Invocation invocation)
    {
        TimeSpan interval = TimeSpan.FromSeconds(5);
        if (invocation.GetString(Flag.Interval) is string given && GoDuration.TryParse(given, out TimeSpan parsed))
        {
            interval = parsed;
        }

        if (interval <= TimeSpan.Zero)
        {
            throw new RuntimeException("duration interval must be greater than 0");
        }

        // Only looked at: other commands on the container must not wait until the events end.
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        using Container container = Container.Peek(CommandContext.Root(invocation), id)
            ?? throw new RuntimeException("container does not exist");
        using Fd process = new(container.Record.Init.OpenPidfd());
        if (!process.IsOpen)
        {
            throw new RuntimeException("container with id " + id + " is not running");
        }

        if (invocation.IsSet(Flag.Stats))
        {
            PrintStatistics(container);
        }
        else
        {
            Follow(container, process.Number, int.Max(1, (int)double.Min(Day, interval.TotalMilliseconds)));
        }

        return 0;
    }

    private static void Follow(Container container, int process, int interval)
    {
        using OutOfMemoryWatch watch = container.Cgroups.WatchOutOfMemory();
        long next = Environment.TickCount64 + interval;
        Span<pollfd> entries = stackalloc pollfd[2];
        while (true)
        {
            entries[0] = new pollfd { fd = process, events = Kernel.POLLIN };
            entries[1] = new pollfd { fd = watch.Descriptor, events = watch.PollEvents };
            int left = (int)long.Max(0, next - Environment.TickCount64);
            KernelException.Check(Kernel.poll(entries, left), "poll");
            if (watch.Happened())
            {
                PrintOutOfMemory(container.Record.Id);
            }

            if (entries[0].revents != 0)
            {
                return;
            }

            if (Environment.TickCount64 >= next)
            {
                PrintStatistics(container);
                next = long.Max(next + interval, Environment.TickCount64);
            }
        }
    }

    private static void PrintStatistics(Container container)
    {
        ContainerStatistics statistics = container.Cgroups.ReadStatistics(container.Record.Init.Pid);
        ArrayBufferWriter<byte> line = new(16384);
        using (Utf8JsonWriter writer = new(line))
        {
            StatisticsJson.WriteEvent(writer, container.Record.Id, statistics);
        }

        PrintLine(line);
    }

    private static void PrintOutOfMemory(string id)
    {
        ArrayBufferWriter<byte> line = new(512);
        using (Utf8JsonWriter writer = new(line))
        {
            StatisticsJson.WriteOutOfMemory(writer, id);
        }

        PrintLine(line);
    }

    private static void PrintLine(ArrayBufferWriter<byte> line)
    {
        line.Write("\n"u8);
        CommandContext.Print(line.WrittenSpan);
    }
}

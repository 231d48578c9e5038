using System;
using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Shim.Logs;

namespace Csrun.Commands;

/// <summary><c>logs</c>: what a container with a shim has written.</summary>
internal static class LogsCommand
{
    public static int Run(Invocation invocation)
    {
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        LogPrinter printer = new(Since(invocation), invocation.IsSet(Flag.Timestamps));
        long tail = Tail(invocation.GetString(Flag.Tail));
        using Container container = Container.Look(CommandContext.Root(invocation), id);
        using LogReading reading = new(container);
        reading.Run(printer, tail, invocation.IsSet(Flag.Follow));
        return 0;
    }

    private static byte[] Since(Invocation invocation)
    {
        if (invocation.GetString(Flag.Since) is not string given)
        {
            return [];
        }

        DateTime time;
        if (!LogTime.TryParse(given, out time))
        {
            if (!GoDuration.TryParse(given, out TimeSpan before))
            {
                throw new RuntimeException("--since: neither a time nor a duration: " + given);
            }

            time = before < DateTime.UtcNow - DateTime.UnixEpoch ? DateTime.UtcNow - before : DateTime.UnixEpoch;
        }

        byte[] text = new byte[LogTime.Length];
        LogTime.Write(time, text);
        return text;
    }

    private static long Tail(string? given)
    {
        if (given is null or "all")
        {
            return -1;
        }

        return long.TryParse(given, out long lines) && lines >= 0
            ? lines
            : throw new RuntimeException("--tail: a number of lines or \"all\" is needed: " + given);
    }
}

using System;
using System.Collections.Generic;
using System.Linq;

namespace Csrun.Testing.Recorded;

/// <summary>A recorded command line whose files, directories, sockets and id are those of a living place.</summary>
public static class LivingCommand
{
    /// <summary>The arguments, without the runtime's name.</summary>
    /// <param name="recording">Whose command line.</param>
    /// <param name="place">What its paths become.</param>
    public static string[] Arguments(Recording recording, LivingPlace place)
    {
        Dictionary<string, string> living = new()
        {
            ["--root"] = place.StateRoot,
            ["--log"] = place.Log,
            ["--bundle"] = place.Bundle,
            ["--pid-file"] = recording.CommandLine.Contains("exec") ? place.ExecPidFile : place.PidFile,
            ["--console-socket"] = place.ConsoleSocket,
            ["--process"] = place.ProcessFile,
        };
        string[] arguments = recording.CommandLine[1..];
        int id = Array.FindLastIndex(arguments, word => word == recording.ContainerId);
        arguments[id] = place.Id;
        for (int i = 0; i + 1 < arguments.Length; i++)
        {
            arguments[i + 1] = living.GetValueOrDefault(arguments[i], arguments[i + 1]);
        }

        return arguments;
    }
}

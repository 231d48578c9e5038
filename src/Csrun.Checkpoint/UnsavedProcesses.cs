using System.Collections.Generic;
using Csrun.Runtime;

namespace Csrun.Checkpoint;

/// <summary>
/// Those of a container that criu does not see: it saves the first one and all below it, and what exec started has its
/// parent outside.
/// </summary>
internal static class UnsavedProcesses
{
    /// <summary>Their numbers; runc loses them without a word.</summary>
    public static List<int> Of(Container container)
    {
        List<int> pids = [];
        container.Cgroups.ReadProcesses(pids);
        int first = container.Record.Init.Pid;
        return pids.FindAll(pid => IsBeside(pid, first));
    }

    /// <summary>One that ended meanwhile is not.</summary>
    private static bool IsBeside(int pid, int first)
    {
        int? ancestor = pid;
        while (ancestor > 1 && ancestor != first)
        {
            ancestor = ProcessIdentity.ParentOf(ancestor.Value);
        }

        return ancestor <= 1;
    }
}

using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups;

/// <summary>Changing the limits of a container that exists.</summary>
public sealed partial class ContainerCgroups
{
    /// <summary>
    /// Writes the limits that are set here and leaves all others as they are; device rules are no limits and are passed
    /// over. All or nothing: when one is refused, those written before go back.
    /// </summary>
    /// <param name="changes">The limits.</param>
    /// <param name="afterwards">What belongs to it and is done last; where it fails, all goes back too. Null
    /// without.</param>
    /// <exception cref="KernelException">A limit is wrong or refused, or its controller is not on this
    /// host.</exception>
    public void Update(LinuxResources changes, Action? afterwards = null)
    {
        IReadOnlyList<CgroupWrite> legacy = LegacyResources.Convert(changes, IsForLegacy);
        RefuseMissing(changes, legacy);
        IReadOnlyList<CgroupWrite> unified = _unified is null
            ? []
            : UnifiedResources.Convert(changes, c => Find(c) is null);
        WriteJournal journal = new();
        try
        {
            foreach (CgroupDirectory directory in _legacy)
            {
                if (ResourceWriter.Concerns(directory, legacy))
                {
                    using Fd fd = directory.Open();
                    ResourceWriter.Write(directory, fd.Number, legacy, journal);
                }
            }

            if (unified.Count > 0)
            {
                using Fd fd = _unified!.Open();
                UnifiedControllers.Require(_unified, fd.Number, unified);
                RefuseBelowUsage(fd.Number, changes.Memory);
                ResourceWriter.Write(_unified, fd.Number, unified, journal);
            }

            afterwards?.Invoke();
        }
        catch (KernelException)
        {
            journal.TakeBack();
            throw;
        }
    }

    /// <summary>
    /// On v2 the kernel takes a limit below what is in use, and kills until it is met; v1 refuses by itself.
    /// </summary>
    private void RefuseBelowUsage(int fd, LinuxMemory? memory)
    {
        if (memory?.CheckBeforeUpdate != true || Find("memory") is not null
            || !ulong.TryParse(CgroupFile.ReadText(fd, "memory.current", out _), out ulong usage))
        {
            return;
        }

        Refuse(memory.Swap, "memory+swap", "swap");
        Refuse(memory.Limit, "memory", "limit");

        void Refuse(long? limit, string what, string property)
        {
            if (limit > 0 && (ulong)limit <= usage)
            {
                throw new KernelException(
                    $"rejecting {what} limit {limit} <= usage {usage} of", Utf8.ToText(_unified!.Path), Errno.EBUSY,
                    ResourceValues.Resources + "memory." + property, "checkBeforeUpdate is set");
            }
        }
    }
}

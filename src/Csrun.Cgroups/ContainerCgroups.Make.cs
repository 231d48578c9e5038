using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups;

/// <summary>Making the directories and writing their limits.</summary>
public sealed partial class ContainerCgroups
{
    private const uint UsualMask = 0x12;

    /// <summary>
    /// Makes the directory in the v2 tree and opens it, for CLONE_INTO_CGROUP. Where v2 is all there is, the
    /// controllers are enabled from the top down to it.
    /// </summary>
    /// <returns>The fd (the caller closes it), or -1 where there is no v2 tree.</returns>
    /// <exception cref="KernelException">It cannot be made, or holds processes already.</exception>
    public int MakeUnified()
    {
        if (_unified is null)
        {
            return -1;
        }

        MakeDirectory(_unified);
        int fd = KernelException.Check(_unified.TryOpen(), "open cgroup", _unified.Path);
        try
        {
            if (_unified.WasThere)
            {
                RefuseUnfit(_unified, fd);
            }

            if (IsPureV2)
            {
                UnifiedControllers.EnableAll(fd);
            }

            return fd;
        }
        catch
        {
            Kernel.close(fd);
            throw;
        }
    }

    /// <summary>Opens the directory in the v2 tree of a container that exists, to clone into it; -1 where there is
    /// none.</summary>
    public int OpenUnified()
    {
        return _unified is null ? -1 : KernelException.Check(_unified.TryOpen(), "open cgroup", _unified.Path);
    }

    /// <summary>
    /// Makes the directory in every v1 hierarchy and writes its limits and device rules: all of them, since the
    /// container's process joins memory last.
    /// </summary>
    /// <exception cref="KernelException">A directory cannot be made or holds processes already, a limit is refused, or
    /// its controller is not on this host. What was made until then is there; <see cref="Remove()"/> takes it
    /// away.</exception>
    public void MakeLegacy(LinuxResources? resources)
    {
        IReadOnlyList<CgroupWrite> writes = resources is null ? [] : LegacyResources.Convert(resources, IsForLegacy);
        RefuseMissing(resources, writes);
        RefuseOpenDevices();
        DevicePolicy? devices = Find("devices") is null ? null : DevicePolicy.Compile(resources?.Devices);
        uint mask = Kernel.umask(UsualMask);
        try
        {
            foreach (CgroupDirectory directory in _legacy)
            {
                directory.Make();
                Fill(directory, resources, writes, devices);
            }
        }
        finally
        {
            Kernel.umask(mask);
        }
    }

    /// <summary>
    /// Writes what the v2 tree holds: all limits and the device rules where v2 is all there is, those without a v1
    /// hierarchy on a hybrid host. Costs nothing where there are none.
    /// </summary>
    /// <exception cref="KernelException">A limit is refused, v2 has nothing like it, or its controller is not on this
    /// host.</exception>
    public void ApplyUnified(LinuxResources? resources)
    {
        if (_unified is null)
        {
            return;
        }

        DevicePolicy? devices =
            Find("devices") is null && !IsShared("devices") ? DevicePolicy.Compile(resources?.Devices) : null;
        IReadOnlyList<CgroupWrite> writes = resources is null
            ? []
            : UnifiedResources.Convert(resources, c => Find(c) is null);
        if (writes.Count == 0 && devices is null)
        {
            return;
        }

        using Fd fd = _unified.Open();
        if (devices is not null)
        {
            UnifiedDevices.Attach(_unified, fd.Number, devices);
        }

        if (writes.Count > 0)
        {
            UnifiedControllers.Require(_unified, fd.Number, writes);
            ResourceWriter.Write(_unified, fd.Number, writes);
        }
    }

    private static void MakeDirectory(CgroupDirectory directory)
    {
        uint mask = Kernel.umask(UsualMask);
        try
        {
            directory.Make();
        }
        finally
        {
            Kernel.umask(mask);
        }
    }

    /// <summary>Opens the directory only where there is something to read or write in it.</summary>
    private void Fill(
        CgroupDirectory directory,
        LinuxResources? resources,
        IReadOnlyList<CgroupWrite> writes,
        DevicePolicy? devices)
    {
        bool isCpuset = directory.Has("cpuset");
        bool isDevices = directory.Has("devices");
        bool hasWrites = ResourceWriter.Concerns(directory, writes);
        if (!isCpuset && !isDevices && !hasWrites && !directory.WasThere)
        {
            return;
        }

        using Fd fd = directory.Open();
        if (directory.WasThere && !_isFromState)
        {
            RefuseUnfit(directory, fd.Number);
        }

        if (isCpuset)
        {
            LegacyCpuset.Inherit(directory, fd.Number, resources?.Cpu);
        }

        if (isDevices)
        {
            LegacyDevices.Write(directory, fd.Number, devices!);
        }

        if (hasWrites)
        {
            ResourceWriter.Write(directory, fd.Number, writes);
        }
    }

    /// <summary>On a hybrid host the v2 tree may hold what v1 does not.</summary>
    private bool IsForLegacy(string controller)
    {
        return _unified is null || Find(controller) is not null;
    }

    private void RefuseMissing(LinuxResources? resources, IReadOnlyList<CgroupWrite> writes)
    {
        if (_unified is not null)
        {
            return;
        }

        if (resources?.Unified is { Count: > 0 })
        {
            throw new KernelException(
                "set unified resources", "", Errno.EOPNOTSUPP, "linux.resources.unified",
                "cannot set unified resources on cgroup v1");
        }

        foreach (CgroupWrite write in writes)
        {
            if (!write.MayBeMissing && Find(write.Controller) is null)
            {
                throw MissingController(write);
            }
        }
    }

    private void RefuseOpenDevices()
    {
        if (_unified is null && Find("devices") is null && !SharesCaller)
        {
            throw new KernelException(
                "find cgroup controller", "devices", Errno.ENOENT, null,
                "without it every device of the host would be open to the container");
        }
    }

    internal static KernelException MissingController(CgroupWrite write)
    {
        return new KernelException(
            "find cgroup controller", write.Controller, Errno.ENOENT, write.Place,
            $"controller \"{write.Controller}\" is not available on this host");
    }

    /// <summary>A directory that was there may be another container's.</summary>
    private static void RefuseUnfit(CgroupDirectory directory, int fd)
    {
        int count = ProcessList.Count(fd);
        if (count > 0)
        {
            throw new KernelException(
                $"container's cgroup is not empty: {count} process(es) found in", Utf8.ToText(directory.Path),
                Errno.EBUSY, PathPlace);
        }

        if (Freezer.ReadOwn(directory.IsUnified, fd) != FreezerState.Thawed)
        {
            throw new KernelException(
                "container's cgroup unexpectedly frozen:", Utf8.ToText(directory.Path), Errno.EBUSY, PathPlace);
        }
    }
}

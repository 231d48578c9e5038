using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>The default devices and linux.devices ("Default Devices" and "Devices" of config-linux.md).</summary>
internal static class DevicePlanner
{
    private const uint Character = 0x2000;
    private const uint Block = 0x6000;
    private const uint Fifo = 0x1000;
    private const uint DefaultMode = 0x1B6; // 0666
    private const uint PermissionBits = 0xFFF;

    /// <summary>The defaults come first; an entry of the configuration for the same path replaces one.</summary>
    public static List<DevicePlan> Plan(LinuxDevice[] configured)
    {
        List<DevicePlan> devices =
        [
            Default("/dev/null", 1, 3),
            Default("/dev/random", 1, 8),
            Default("/dev/full", 1, 7),
            Default("/dev/tty", 5, 0),
            Default("/dev/zero", 1, 5),
            Default("/dev/urandom", 1, 9),
        ];
        for (int i = 0; i < configured.Length; i++)
        {
            DevicePlan device = FromConfig(configured[i], i);
            int same = devices.FindIndex(other => other.Path == device.Path);
            if (same >= 0)
            {
                devices[same] = device;
            }
            else
            {
                devices.Add(device);
            }
        }

        return devices;
    }

    private static DevicePlan Default(string path, uint major, uint minor)
    {
        return new DevicePlan
        {
            Path = path,
            Type = Character,
            Mode = DefaultMode,
            Major = major,
            Minor = minor,
            Uid = 0,
            Gid = 0,
            Place = string.Empty,
        };
    }

    private static DevicePlan FromConfig(LinuxDevice device, int index)
    {
        return new DevicePlan
        {
            Path = device.Path!,
            Type = device.Type switch { "b" => Block, "p" => Fifo, _ => Character },
            Mode = (device.FileMode ?? DefaultMode) & PermissionBits,
            Major = (uint)(device.Major ?? 0),
            Minor = (uint)(device.Minor ?? 0),
            Uid = device.Uid ?? 0,
            Gid = device.Gid ?? 0,
            Place = "linux.devices[" + index + "]",
        };
    }
}

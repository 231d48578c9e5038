using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>linux.netDevices, in the order of config.json.</summary>
internal static class NetDevicePlanner
{
    public static List<NetDevicePlan> Plan(Dictionary<string, LinuxNetDevice> devices)
    {
        List<NetDevicePlan> plans = new(devices.Count);
        foreach ((string name, LinuxNetDevice device) in devices)
        {
            plans.Add(new NetDevicePlan(
                name, device.Name is { Length: > 0 } ? device.Name : name,
                "linux.netDevices[" + Message.Quote(name) + "]"));
        }

        return plans;
    }
}

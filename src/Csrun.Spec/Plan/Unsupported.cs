using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// The properties of the specification that csrun does not act on yet. Each is refused by its place, unless its value
/// asks for nothing: ignoring one would give a container that is not the one described.
/// </summary>
internal static class Unsupported
{
    private const string Message = "is not supported by this version of csrun";

    public static void Find(ContainerConfig config, List<Fault> faults)
    {
        if (config.Linux is LinuxConfig linux)
        {
            FindInLinux(linux, faults);
        }
    }

    private static void FindInLinux(LinuxConfig linux, List<Fault> faults)
    {
        Refuse(linux.IntelRdt is not null, "linux.intelRdt", faults);
    }

    /// <summary>A fault, where it was asked for.</summary>
    public static void Refuse(bool asked, string place, List<Fault> faults)
    {
        if (asked)
        {
            faults.Add(new Fault(place, Message));
        }
    }
}

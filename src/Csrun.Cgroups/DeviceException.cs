namespace Csrun.Cgroups;

/// <summary>
/// Devices that a <see cref="DevicePolicy"/> treats other than its default.
/// </summary>
/// <param name="Type">c or b.</param>
/// <param name="Major">Major number, -1 for any.</param>
/// <param name="Minor">Minor number, -1 for any.</param>
/// <param name="Access">What is allowed (or denied, where the default is to allow).</param>
public readonly record struct DeviceException(char Type, long Major, long Minor, DeviceAccess Access)
{
    /// <summary>The rule as devices.allow and devices.deny take it, such as <c>c 1:3 rwm</c>.</summary>
    public string ToKernelText()
    {
        string major = Major < 0 ? "*" : Major.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string minor = Minor < 0 ? "*" : Minor.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return string.Concat(
            [Type.ToString(), " ", major, ":", minor, " ",
            Access.HasFlag(DeviceAccess.Read) ? "r" : "",
            Access.HasFlag(DeviceAccess.Write) ? "w" : "",
            Access.HasFlag(DeviceAccess.Mknod) ? "m" : ""]);
    }

    /// <summary>Whether every device of <paramref name="other"/> is one of these.</summary>
    internal bool Covers(in DeviceException other)
    {
        return Type == other.Type
            && (Major < 0 || Major == other.Major)
            && (Minor < 0 || Minor == other.Minor);
    }

    internal bool IsSameDevice(in DeviceException other)
    {
        return Type == other.Type && Major == other.Major && Minor == other.Minor;
    }
}

using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// Annotations <c>org.systemd.property.NAME</c>: properties of the container's unit, their values in GVariant's text
/// form (<c>true</c>, <c>'text'</c>, <c>uint64 5</c>, <c>['a', 'b']</c>). A name that ends in Sec takes seconds and
/// becomes its USec, as in runc.
/// </summary>
/// <remarks>
/// A config.json may come from somebody who may not do everything as root; so only properties that limit, weigh, order
/// and kill are taken, none that run a program, change a user, or open devices.
/// </remarks>
public static class PropertyAnnotations
{
    private const string Prefix = "org.systemd.property.";

    /// <summary>The properties among the annotations.</summary>
    /// <exception cref="KernelException">A property is not among those taken, or its value cannot be read.</exception>
    public static IReadOnlyList<UnitProperty> Read(IReadOnlyDictionary<string, string>? annotations)
    {
        List<UnitProperty> properties = [];
        foreach ((string key, string value) in annotations ?? new Dictionary<string, string>())
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                properties.Add(Read(key, key[Prefix.Length..], value));
            }
        }

        return properties;
    }

    private static UnitProperty Read(string key, string name, string value)
    {
        string place = "annotations[\"" + key + "\"]";
        if (!IsTaken(name))
        {
            throw new KernelException(
                "set systemd property", name, Errno.EPERM, place,
                "only properties that limit, order and kill may come from annotations");
        }

        UnitProperty? property = ReadValue(name, value.Trim());
        if (property is not null && name.EndsWith("Sec", StringComparison.Ordinal)
            && !name.EndsWith("USec", StringComparison.Ordinal))
        {
            property = InMicroseconds(property);
        }

        return property ?? throw new KernelException(
            "set systemd property", name, Errno.EINVAL, place, "no value in GVariant's text form: " + value);
    }

    private static bool IsTaken(string name)
    {
        ReadOnlySpan<string> beginnings =
        [
            "CPU", "StartupCPU", "Memory", "StartupMemory", "DefaultMemory", "IO", "StartupIO", "BlockIO",
            "StartupBlockIO", "Tasks", "AllowedCPUs", "AllowedMemoryNodes", "StartupAllowed", "ManagedOOM", "OOMPolicy",
            "Kill", "SendSIG", "FinalKillSignal", "TimeoutStop", "RuntimeMax", "CollectMode", "Description",
            "Documentation", "After", "Before", "DefaultDependencies", "RequiresMountsFor", "Requires", "Wants",
            "BindsTo", "PartOf",
        ];
        if (name is "CPUAffinity" or "CPUSchedulingPolicy" or "CPUSchedulingPriority")
        {
            return false;
        }

        foreach (string beginning in beginnings)
        {
            if (name.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static UnitProperty? InMicroseconds(UnitProperty property)
    {
        double? seconds = property.Value switch
        {
            int value => value,
            uint value => value,
            long value => value,
            ulong value => value,
            double value => value,
            _ => null,
        };
        return seconds is >= 0 and < 1e12
            ? new UnitProperty(property.Name[..^3] + "USec", "t", (ulong)(seconds.Value * 1e6))
            : null;
    }

    private static UnitProperty? ReadValue(string name, string text)
    {
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            return ReadStrings(text[1..^1]) is string[] strings ? new UnitProperty(name, "as", strings) : null;
        }

        if (ReadString(text) is string quoted)
        {
            return new UnitProperty(name, "s", quoted);
        }

        if (text is "true" or "false")
        {
            return new UnitProperty(name, "b", text == "true");
        }

        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        string type = blank < 0 ? "" : text[..blank];
        string number = text[(blank + 1)..].Trim();
        return type switch
        {
            "" when int.TryParse(number, out int value) => new UnitProperty(name, "i", value),
            "" or "double" when double.TryParse(number, out double value) => new UnitProperty(name, "d", value),
            "byte" when byte.TryParse(number, out byte value) => new UnitProperty(name, "y", value),
            "int16" when short.TryParse(number, out short value) => new UnitProperty(name, "n", value),
            "uint16" when ushort.TryParse(number, out ushort value) => new UnitProperty(name, "q", value),
            "int32" when int.TryParse(number, out int value) => new UnitProperty(name, "i", value),
            "uint32" when uint.TryParse(number, out uint value) => new UnitProperty(name, "u", value),
            "int64" when long.TryParse(number, out long value) => new UnitProperty(name, "x", value),
            "uint64" when ulong.TryParse(number, out ulong value) => new UnitProperty(name, "t", value),
            _ => null,
        };
    }

    private static string? ReadString(string text)
    {
        bool isQuoted = text.Length >= 2 && text[0] is '\'' or '"' && text[^1] == text[0];
        return isQuoted && !text[1..^1].Contains(text[0], StringComparison.Ordinal)
            && !text.Contains('\\', StringComparison.Ordinal) ? text[1..^1] : null;
    }

    private static string[]? ReadStrings(string text)
    {
        if (text.Trim().Length == 0)
        {
            return [];
        }

        string[] parts = text.Split(',');
        for (int i = 0; i < parts.Length; i++)
        {
            if (ReadString(parts[i].Trim()) is not string part)
            {
                return null;
            }

            parts[i] = part;
        }

        return parts;
    }
}

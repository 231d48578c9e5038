using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Spec;
using FsCheck;
using FsCheck.Fluent;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>Device rules for tests, and what the specification means by them.</summary>
internal static class DeviceRules
{
    public static readonly (string Letters, DeviceAccess Access)[] Askable =
    [
        ("r", DeviceAccess.Read), ("w", DeviceAccess.Write), ("m", DeviceAccess.Mknod),
        ("rw", DeviceAccess.Read | DeviceAccess.Write),
    ];

    public static LinuxDeviceCgroup Rule(
        bool allow, string? type = null, long? major = null, long? minor = null, string? access = "rwm")
    {
        return new LinuxDeviceCgroup { Allow = allow, Type = type, Major = major, Minor = minor, Access = access };
    }

    /// <summary>Rules over a small world, so that they meet often.</summary>
    public static Arbitrary<LinuxDeviceCgroup[]> Any()
    {
        Gen<long?> number = Gen.Elements<long?>(null, -1, 0, 1, 2);
        Gen<LinuxDeviceCgroup> rule =
            from allow in Gen.Elements(true, false)
            from type in Gen.Elements(null, "a", "b", "c", "b", "c")
            from major in number
            from minor in number
            from access in Gen.Elements("r", "w", "m", "rw", "wm", "mr", "rwm", "rwm")
            select Rule(allow, type, major, minor, access);
        return rule.ArrayOf().ToArbitrary();
    }

    /// <summary>With the rules that stand behind every list.</summary>
    public static IEnumerable<LinuxDeviceCgroup> WithAlways(IEnumerable<LinuxDeviceCgroup> rules)
    {
        return rules.Concat(DevicePolicy.AlwaysAllowed.ToArray().Select(
            d => Rule(true, d.Type.ToString(), d.Major, d.Minor, d.ToKernelText().Split(' ')[2])));
    }

    /// <summary>The specification word by word: for each letter the last rule that speaks of it decides.</summary>
    public static bool Specified(
        IEnumerable<LinuxDeviceCgroup> rules, char type, long major, long minor, string access)
    {
        return access.All(letter =>
        {
            bool allowed = false;
            foreach (LinuxDeviceCgroup rule in rules)
            {
                bool applies = (rule.Type is null or "a" || rule.Type[0] == type)
                    && (rule.Major is null or < 0 || rule.Major == major)
                    && (rule.Minor is null or < 0 || rule.Minor == minor)
                    && rule.Access!.Contains(letter, StringComparison.Ordinal);
                allowed = applies ? rule.Allow!.Value : allowed;
            }

            return allowed;
        });
    }
}

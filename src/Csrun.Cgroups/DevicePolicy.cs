using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups;

/// <summary>
/// The device rules of a container worked out to what both kernels can hold: a default and exceptions from it.
/// Sources: config-linux.md, Allowed Device list; the kernel's security/device_cgroup.c.
/// </summary>
/// <remarks>
/// Everything is denied unless a rule allows it, whatever the list says or whether there is one. In the list a later
/// rule wins over an earlier one. Behind it stand the devices that every container may use
/// (<see cref="AlwaysAllowed"/>), as in runc.
/// </remarks>
[SuppressMessage("ApiDesign", "RS0030", Justification = "for the parent only: the child does not come here")]
public sealed class DevicePolicy
{
    private readonly List<Entry> _entries = [];

    private struct Entry
    {
        public DeviceException Exception;
        public int Rule;
    }

    private DevicePolicy()
    {
    }

    /// <summary>Whether a device without an exception may be used.</summary>
    public bool AllowsByDefault { get; private set; }

    /// <summary>How many devices, or sets of them, are treated other than the default.</summary>
    public int Count => _entries.Count;

    /// <summary>One of the exceptions.</summary>
    public DeviceException this[int index] => _entries[index].Exception;

    /// <summary>Which rule of config.json the exception comes from; -1 for the devices that are always
    /// allowed.</summary>
    public int RuleOf(int index)
    {
        return _entries[index].Rule;
    }

    /// <summary>
    /// What a container may always do: make any node, and use null, zero, full, random, urandom, tty, ptmx, the
    /// pseudo-terminals and tun. Engines rely on it.
    /// </summary>
    public static ReadOnlySpan<DeviceException> AlwaysAllowed => new DeviceException[]
    {
        new('c', -1, -1, DeviceAccess.Mknod),
        new('b', -1, -1, DeviceAccess.Mknod),
        new('c', 1, 3, DeviceAccess.All),
        new('c', 1, 8, DeviceAccess.All),
        new('c', 1, 7, DeviceAccess.All),
        new('c', 5, 0, DeviceAccess.All),
        new('c', 1, 5, DeviceAccess.All),
        new('c', 1, 9, DeviceAccess.All),
        new('c', 136, -1, DeviceAccess.All),
        new('c', 5, 2, DeviceAccess.All),
        new('c', 10, 200, DeviceAccess.All),
    };

    /// <summary>Works the rules out.</summary>
    /// <exception cref="KernelException">A rule is wrong in itself, or takes single devices out of a wider rule, which
    /// a device cgroup cannot express.</exception>
    public static DevicePolicy Compile(LinuxDeviceCgroup[]? rules)
    {
        DevicePolicy policy = new();
        for (int i = 0; i < (rules?.Length ?? 0); i++)
        {
            policy.Apply(rules![i], i);
        }

        foreach (DeviceException always in AlwaysAllowed)
        {
            policy.Apply(always, allow: true, -1);
        }

        policy.Close();
        policy.DropCovered();
        return policy;
    }

    /// <summary>
    /// The verdict as the kernel makes it: under a default of deny one exception must allow all that is asked for,
    /// under a default of allow none may deny a part of it.
    /// </summary>
    public bool Allows(char type, long major, long minor, DeviceAccess access)
    {
        DeviceException asked = new(type, major, minor, access);
        foreach (Entry entry in _entries)
        {
            if (entry.Exception.Covers(asked)
                && (AllowsByDefault
                    ? (entry.Exception.Access & access) != 0
                    : (access & ~entry.Exception.Access) == 0))
            {
                return !AllowsByDefault;
            }
        }

        return AllowsByDefault;
    }

    private void Apply(LinuxDeviceCgroup rule, int index)
    {
        bool allow = rule.Allow ?? throw Wrong(index, "allow", "", "a device rule says whether it allows");
        DeviceAccess access = AccessOf(rule, allow, index);
        long major = NumberOf(rule.Major, index, "major");
        long minor = NumberOf(rule.Minor, index, "minor");
        switch (rule.Type)
        {
            case null or "" or "a" when major < 0 && minor < 0 && access == DeviceAccess.All:
                AllowsByDefault = allow;
                _entries.Clear();
                break;
            case null or "" or "a":
                Apply(new DeviceException('c', major, minor, access), allow, index);
                Apply(new DeviceException('b', major, minor, access), allow, index);
                break;
            case "c" or "b":
                Apply(new DeviceException(rule.Type[0], major, minor, access), allow, index);
                break;
            default:
                throw Wrong(index, "type", rule.Type, "the types of device rules are a, b and c");
        }
    }

    private static DeviceAccess AccessOf(LinuxDeviceCgroup rule, bool allow, int index)
    {
        if (string.IsNullOrEmpty(rule.Access))
        {
            return allow
                ? throw Wrong(index, "access", "", "a rule that allows says what: letters of rwm")
                : DeviceAccess.All;
        }

        DeviceAccess access = DeviceAccess.None;
        foreach (char letter in rule.Access)
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.Mknod,
                _ => throw Wrong(index, "access", rule.Access, "access is made of the letters r, w and m"),
            };
        }

        return access;
    }

    private static long NumberOf(long? number, int index, string property)
    {
        if (number > uint.MaxValue)
        {
            throw Wrong(
                index, property, number.Value.ToString(CultureInfo.InvariantCulture), "device numbers have 32 bits");
        }

        return number is null or < 0 ? -1 : number.Value;
    }

    private static KernelException Wrong(int index, string property, string value, string hint)
    {
        return new KernelException(
            "apply device rule", value, Errno.EINVAL, $"linux.resources.devices[{index}].{property}", hint);
    }

    private void Apply(in DeviceException rule, bool allow, int index)
    {
        if (allow != AllowsByDefault)
        {
            Add(rule, index);
        }
        else
        {
            TakeAway(rule, index);
        }
    }

    private void Add(in DeviceException rule, int index)
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            Entry entry = _entries[i];
            if (entry.Exception.IsSameDevice(rule))
            {
                entry.Exception = entry.Exception with { Access = entry.Exception.Access | rule.Access };
                _entries[i] = entry;
                return;
            }
        }

        _entries.Add(new Entry { Exception = rule, Rule = index });
    }

    private void TakeAway(in DeviceException rule, int index)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            Entry entry = _entries[i];
            if (rule.Covers(entry.Exception))
            {
                entry.Exception = entry.Exception with { Access = entry.Exception.Access & ~rule.Access };
                _entries[i] = entry;
                if (entry.Exception.Access == DeviceAccess.None)
                {
                    _entries.RemoveAt(i);
                }
            }
            else if ((entry.Exception.Access & rule.Access) != 0 && Common(entry.Exception, rule) is not null)
            {
                throw new KernelException(
                    "apply device rule",
                    rule.ToKernelText(),
                    Errno.EINVAL,
                    index < 0 ? "linux.resources.devices" : $"linux.resources.devices[{index}]",
                    "a device cgroup cannot take single devices out of the wider "
                        + $"rule {entry.Exception.ToKernelText()}");
            }
        }
    }

    /// <summary>
    /// Under a default of deny the kernel wants one exception that allows reading and writing together: where one
    /// allows the first and another the second, the devices of both get both.
    /// </summary>
    private void Close()
    {
        const DeviceAccess Both = DeviceAccess.Read | DeviceAccess.Write;
        if (AllowsByDefault)
        {
            return;
        }

        for (int i = 0; i < _entries.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                DeviceException one = _entries[i].Exception;
                DeviceException other = _entries[j].Exception;
                if (((one.Access | other.Access) & Both) == Both
                    && (one.Access & Both) != Both
                    && (other.Access & Both) != Both
                    && Common(one, other) is DeviceException common
                    && !Allows(common.Type, common.Major, common.Minor, Both))
                {
                    Add(common with { Access = Both }, _entries[i].Rule);
                }
            }
        }
    }

    /// <summary>The devices that both mean, or null.</summary>
    private static DeviceException? Common(in DeviceException one, in DeviceException other)
    {
        bool meet = one.Type == other.Type
            && (one.Major < 0 || other.Major < 0 || one.Major == other.Major)
            && (one.Minor < 0 || other.Minor < 0 || one.Minor == other.Minor);
        return meet
            ? one with { Major = long.Max(one.Major, other.Major), Minor = long.Max(one.Minor, other.Minor) }
            : null;
    }

    /// <summary>Leaves out exceptions that a wider one makes needless.</summary>
    private void DropCovered()
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            DeviceException narrow = _entries[i].Exception;
            foreach (Entry wide in _entries)
            {
                if (!wide.Exception.IsSameDevice(narrow)
                    && wide.Exception.Covers(narrow)
                    && (narrow.Access & ~wide.Exception.Access) == 0)
                {
                    _entries.RemoveAt(i);
                    break;
                }
            }
        }
    }
}

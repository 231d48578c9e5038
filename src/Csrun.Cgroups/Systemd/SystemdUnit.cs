using System;
using Csrun.Linux;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// The unit of a container: a scope, or a slice where the name says so, from a cgroupsPath <c>slice:prefix:name</c>.
/// Sources: config-linux.md, Cgroups Path; systemd.slice(5), whose dashes are levels.
/// </summary>
public sealed class SystemdUnit
{
    private const string SliceEnd = ".slice";
    private const string Place = "linux.cgroupsPath";

    private SystemdUnit(string name, string slice)
    {
        Name = name;
        Slice = slice;
    }

    /// <summary>The unit's name, such as <c>csrun-web.scope</c>.</summary>
    public string Name { get; }

    /// <summary>The slice it is in, such as <c>system.slice</c>.</summary>
    public string Slice { get; }

    /// <summary>Whether it is a slice, which holds no processes of its own.</summary>
    public bool IsSlice => Name.EndsWith(SliceEnd, StringComparison.Ordinal);

    /// <summary>Its cgroup below that of the manager, beginning with a slash.</summary>
    public string ControlGroup => PathOf(Slice) + "/" + Name;

    /// <summary>A unit that is there, by its name alone.</summary>
    public static SystemdUnit Named(string name)
    {
        return new SystemdUnit(name, "");
    }

    /// <summary>Works it out.</summary>
    /// <param name="cgroupsPath">slice:prefix:name; the slice may be empty. Null or empty: csrun's own unit for the
    /// id.</param>
    /// <param name="id">The container's id.</param>
    /// <param name="isUser">Whether the user's manager is asked, whose default slice is another.</param>
    /// <exception cref="KernelException">It has another form, or a part is no name of a unit.</exception>
    public static SystemdUnit Parse(string? cgroupsPath, string id, bool isUser)
    {
        string slice = isUser ? "user.slice" : "system.slice";
        if (string.IsNullOrEmpty(cgroupsPath))
        {
            return new SystemdUnit(Escaped("csrun-" + id) + ".scope", slice);
        }

        string[] parts = cgroupsPath.Split(':');
        if (parts.Length != 3)
        {
            throw Wrong(
                cgroupsPath,
                "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups");
        }

        if (parts[0].Length > 0)
        {
            slice = parts[0];
        }

        _ = PathOf(slice);
        string name = parts[2].EndsWith(SliceEnd, StringComparison.Ordinal) ? parts[2]
            : parts[1].Length == 0 ? parts[2] + ".scope"
            : parts[1] + "-" + parts[2] + ".scope";
        return parts[2].Length == 0 || name.Length > 255 || name.AsSpan().ContainsAny("/ \n\t\0")
            ? throw Wrong(cgroupsPath, "the name of a unit has 1 to 255 characters, without slashes and blanks")
            : new SystemdUnit(name, slice);
    }

    /// <summary>The cgroup of a slice: <c>a-b.slice</c> is <c>/a.slice/a-b.slice</c>, <c>-.slice</c> the top.</summary>
    internal static string PathOf(string slice)
    {
        if (slice == "-.slice")
        {
            return "";
        }

        bool isWell = slice.Length > SliceEnd.Length && slice.EndsWith(SliceEnd, StringComparison.Ordinal)
            && !slice.AsSpan().ContainsAny("/ \n\t\0");
        string stem = isWell ? slice[..^SliceEnd.Length] : "";
        if (!isWell || stem.StartsWith('-') || stem.EndsWith('-') || stem.Contains("--", StringComparison.Ordinal))
        {
            throw Wrong(slice, "a slice is named like system.slice or machine-web.slice");
        }

        string path = "";
        for (int dash = stem.IndexOf('-', StringComparison.Ordinal); dash >= 0; dash = stem.IndexOf('-', dash + 1))
        {
            path += "/" + stem[..dash] + SliceEnd;
        }

        return path + "/" + slice;
    }

    /// <summary>An id may hold what a unit's name may not: the plus sign.</summary>
    private static string Escaped(string name)
    {
        return name.Replace("+", "\\x2b", StringComparison.Ordinal);
    }

    private static KernelException Wrong(string value, string hint)
    {
        return new KernelException("use systemd unit", value, Errno.EINVAL, Place, hint);
    }
}

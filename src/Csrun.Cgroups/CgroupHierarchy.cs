using System;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>
/// One mounted cgroup hierarchy and where this process is in it. On cgroup v1 every controller, or set of joined
/// controllers, has its own; cgroup v2 is one for all. Source: cgroups(7).
/// </summary>
public sealed class CgroupHierarchy
{
    private readonly byte[] _ownPath;

    internal CgroupHierarchy(bool isUnified, string controllers, byte[] mountPoint, byte[] ownPath)
    {
        IsUnified = isUnified;
        Controllers = controllers;
        MountPoint = mountPoint;
        _ownPath = ownPath;
    }

    /// <summary>Whether this is the cgroup v2 tree.</summary>
    public bool IsUnified { get; }

    /// <summary>The controllers as /proc/self/cgroup names them, such as <c>cpu,cpuacct</c> or <c>name=systemd</c>;
    /// empty for cgroup v2.</summary>
    public string Controllers { get; }

    /// <summary>Where it is mounted; ends with NUL.</summary>
    public byte[] MountPoint { get; }

    /// <summary>The cgroup of this process as a path below <see cref="MountPoint"/>, <c>/</c> for the top.</summary>
    public string OwnPath => Encoding.UTF8.GetString(_ownPath);

    internal ReadOnlySpan<byte> OwnPathBytes => _ownPath;

    /// <summary>What a hierarchy of these <see cref="Controllers"/> is usually called: without the word name.</summary>
    public static string UsualName(string controllers)
    {
        const string Word = "name=";
        return controllers.StartsWith(Word, StringComparison.Ordinal) ? controllers[Word.Length..] : controllers;
    }

    /// <summary>The last part of the mount point: the name under which containers see this hierarchy.</summary>
    public string DirectoryName
    {
        get
        {
            string mountPoint = Utf8.ToText(MountPoint);
            return mountPoint[(mountPoint.LastIndexOf('/') + 1)..];
        }
    }

    /// <summary>Whether <paramref name="controller"/> is attached to this v1 hierarchy; on v2 always false, there it
    /// is for cgroup.controllers to say.</summary>
    public bool Has(string controller)
    {
        return ControllerList.Contains(Controllers, controller);
    }
}

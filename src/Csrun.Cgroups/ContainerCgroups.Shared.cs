using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups;

/// <summary>
/// Hierarchies in which the container stays in its caller's own cgroup, because the caller may make none: what is left
/// of cgroups to a user to whom nobody delegated one.
/// </summary>
public sealed partial class ContainerCgroups
{
    private CgroupDirectory[] _shared = [];

    /// <summary>Whether the container shares a cgroup with its caller.</summary>
    public bool SharesCaller => _shared.Length > 0;

    /// <summary>
    /// Before the clone: makes the directories, and does without those that the kernel refuses to this user. Only for
    /// callers who are not root of the host, and containers that ask for no place and no limits, as in runc.
    /// </summary>
    /// <exception cref="KernelException">A directory cannot be made for another reason.</exception>
    public void ShareForbidden()
    {
        _legacy = Array.FindAll(_legacy, IsGranted);
        if (_unified is not null && !IsGranted(_unified))
        {
            _unified = null;
        }
    }

    /// <summary>Makes no cgroup at all.</summary>
    public void ShareAll()
    {
        _shared = _unified is null ? _legacy : [.. _legacy, _unified];
        _legacy = [];
        _unified = null;
    }

    /// <summary>Whether anything is to be limited, so that a cgroup of the container's own is needed.</summary>
    public static bool HasLimits(LinuxResources? resources)
    {
        return resources is not null
            && (LegacyResources.Convert(resources, _ => true).Count > 0 || resources.Unified is { Count: > 0 });
    }

    private bool IsGranted(CgroupDirectory directory)
    {
        try
        {
            MakeDirectory(directory);
            return true;
        }
        catch (KernelException error) when (error.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            _shared = [.. _shared, directory];
            return false;
        }
    }

    private bool IsShared(string controller)
    {
        return Array.Exists(_shared, directory => directory.Has(controller));
    }
}

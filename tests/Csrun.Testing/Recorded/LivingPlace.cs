using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Unix.Native;

namespace Csrun.Testing.Recorded;

/// <summary>
/// What a recorded call needs around it, made anew: the bundle with its root, files to bind, namespaces to join, a
/// hook, the paths of the command line. It all lies in one directory and goes away with it.
/// </summary>
public sealed class LivingPlace : IDisposable
{
    private readonly List<string> _mounts = [];
    private readonly List<SpaceHolder> _holders = [];
    private int _last;

    /// <param name="directory">A directory of the test that does not exist yet.</param>
    /// <param name="id">The container's id, unique on the machine.</param>
    public LivingPlace(string directory, string id)
    {
        Top = directory;
        Id = id;
        Directory.CreateDirectory(Bundle);
        File.WriteAllText(Hook, $"#!/bin/sh\ncat >{Top}/hook-stdin\necho \"$*\" >>{Top}/hooks\n");
        _ = Syscall.chmod(Hook, FilePermissions.ACCESSPERMS);
    }

    public string Top { get; }

    public string Id { get; }

    public string Bundle => Path.Combine(Top, "bundle");

    public string StateRoot => Path.Combine(Top, "state");

    public string Log => Path.Combine(Top, "log.json");

    public string PidFile => Path.Combine(Top, "init.pid");

    public string ExecPidFile => Path.Combine(Top, "exec.pid");

    public string ProcessFile => Path.Combine(Top, "process.json");

    public string ConsoleSocket => Path.Combine(Top, "pty.sock");

    /// <summary>A program that stands in for every hook: it takes the state and notes how it was called.</summary>
    public string Hook => Path.Combine(Top, "hook");

    /// <summary>A root as the engines mount it: an overlay of which the lower layer is busybox.</summary>
    public string OverlayRoot()
    {
        string merged = Path.Combine(Top, "merged");
        string[] layers = [Path.Combine(Top, "lower"), Path.Combine(Top, "upper"), Path.Combine(Top, "work")];
        RootTemplate.CopyTo(layers[0]);
        Directory.CreateDirectory(layers[1]);
        Directory.CreateDirectory(layers[2]);
        Directory.CreateDirectory(merged);
        string options = $"lowerdir={layers[0]},upperdir={layers[1]},workdir={layers[2]}";
        Programs.Run("mount", "-t", "overlay", "overlay", "-o", options, merged);
        _mounts.Add(merged);
        return merged;
    }

    /// <summary>A root whose files belong to the first of the ids that a user namespace maps.</summary>
    public string RootOf(long owner)
    {
        string root = Path.Combine(Top, "rootfs");
        RootTemplate.CopyTo(root);
        string busybox = Path.Combine(root, "bin", "busybox");
        File.Copy(busybox, busybox + ".own");
        File.Move(busybox + ".own", busybox, overwrite: true);
        Programs.Run("chown", "-R", "-h", FormattableString.Invariant($"{owner}:{owner}"), root);
        return root;
    }

    /// <summary>Something to bind onto a place of the container: a file where engines bind files.</summary>
    public string Source(string destination)
    {
        string source = Path.Combine(Top, FormattableString.Invariant($"source{++_last}"));
        if (destination is "/dev/shm" or "/mnt" or "/data" or "/named" or "/c")
        {
            Directory.CreateDirectory(source);
            _ = Syscall.chmod(source, FilePermissions.ACCESSPERMS | FilePermissions.S_ISVTX);
            return source;
        }

        // docker-init, the one program among them, executes what follows its "--".
        File.WriteAllText(source, "#!/bin/sh\nshift\nexec \"$@\"\n");
        _ = Syscall.chmod(source, FilePermissions.ACCESSPERMS & ~(FilePermissions.S_IWGRP | FilePermissions.S_IWOTH));
        return source;
    }

    /// <summary>A network namespace that is bound to a file.</summary>
    public string BoundNetworkNamespace()
    {
        string path = Path.Combine(Top, "netns");
        File.WriteAllText(path, "");
        Programs.Run("unshare", $"--net={path}", "true");
        _mounts.Add(path);
        return path;
    }

    /// <summary>The /proc/PID/ns of a pod's first container.</summary>
    public string NamespacesOfPod()
    {
        if (_holders.Count == 0)
        {
            _holders.Add(new SpaceHolder());
        }

        return FormattableString.Invariant($"/proc/{_holders[0].Pid}/ns");
    }

    /// <summary>A text of the container or the runtime without what differs between two places.</summary>
    public string Normalise(string text)
    {
        return text.Replace(Id, "ID", StringComparison.Ordinal).Replace(Top, "DIR", StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _holders.ForEach(holder => holder.Dispose());
        _mounts.ForEach(mount => Programs.Run("umount", mount));
        RemoveCgroups();
    }

    /// <summary>The directory above the container's own in each hierarchy, which every runtime leaves.</summary>
    public string CgroupParent => "/" + Id + ".parent";

    private void RemoveCgroups()
    {
        foreach (string parent in Directory.GetDirectories("/sys/fs/cgroup")
            .Select(hierarchy => hierarchy + CgroupParent))
        {
            if (Directory.Exists(parent))
            {
                string[] below = Directory.GetDirectories(parent, "*", SearchOption.AllDirectories);
                foreach (string cgroup in below.Append(parent).OrderByDescending(path => path.Length))
                {
                    _ = Syscall.rmdir(cgroup);
                }
            }
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Mono.Unix.Native;

namespace Csrun.Testing;

/// <summary>
/// A root filesystem of busybox, made once on a machine and copied by hard links: a bundle costs a millisecond. The
/// template's own files stay part of what no test may change.
/// </summary>
public static class RootTemplate
{
    private const string Busybox = "/bin/busybox";
    private static readonly string[] s_directories =
        ["bin", "dev", "etc", "home", "mnt", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "usr/bin", "var"];

    private static readonly Lazy<string> s_path = new(Make);

    /// <summary>Where it lies.</summary>
    public static string Path => s_path.Value;

    /// <summary>Makes a root of its own below <paramref name="target"/>.</summary>
    /// <param name="target">A directory that does not exist yet.</param>
    /// <param name="applets">The links to busybox it has; by default all. Its shell needs none of them.</param>
    public static void CopyTo(string target, IReadOnlyList<string>? applets = null)
    {
        foreach (string directory in s_directories.Prepend(""))
        {
            Directory.CreateDirectory(System.IO.Path.Combine(target, directory));
        }

        _ = Syscall.chmod(System.IO.Path.Combine(target, "tmp"), FilePermissions.ACCESSPERMS | FilePermissions.S_ISVTX);
        Link(System.IO.Path.Combine(Path, "busybox"), System.IO.Path.Combine(target, "bin", "busybox"));
        foreach (string applet in applets ?? File.ReadAllLines(System.IO.Path.Combine(Path, "applets")))
        {
            _ = Syscall.symlink("busybox", System.IO.Path.Combine(target, "bin", applet));
        }

        File.WriteAllText(
            System.IO.Path.Combine(target, "etc", "passwd"),
            "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home:/bin/sh\n");
        File.WriteAllText(
            System.IO.Path.Combine(target, "etc", "group"), "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n");
    }

    private static void Link(string from, string to)
    {
        if (Syscall.link(from, to) != 0)
        {
            throw new IOException($"link {from} to {to}: {Stdlib.GetLastError()}");
        }
    }

    // Renamed into place whole, so that two test runs that make it at once do no harm.
    private static string Make()
    {
        long version = new FileInfo(Programs.Find(Busybox)).Length;
        string path = System.IO.Path.Combine(
            WorkDirectory.Top, $"template-{version.ToString(CultureInfo.InvariantCulture)}");
        if (!Directory.Exists(path))
        {
            string making = path + "." + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            Directory.CreateDirectory(making);
            File.Copy(Busybox, System.IO.Path.Combine(making, "busybox"), overwrite: true);
            string[] applets = Programs.Run(Busybox, "--list").Lines;
            File.WriteAllLines(System.IO.Path.Combine(making, "applets"), applets.Where(name => name != "busybox"));
            if (Stdlib.rename(making, path) != 0)
            {
                Directory.Delete(making, recursive: true);
            }
        }

        return path;
    }
}

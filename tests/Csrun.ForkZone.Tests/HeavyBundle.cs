using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.ForkZone.Tests;

/// <summary>A bundle that asks of the child as much as any real one, and more.</summary>
internal static class HeavyBundle
{
    /// <summary>What execve refuses: a file that may be executed and is no program.</summary>
    internal const string NoProgram = "/bin/no-program";

    private const int MountPairs = 100;
    private const int EnvironmentEntries = 10_000;

    /// <summary>
    /// Gives a bundle 200 mounts (half file systems, half binds of a file, whose targets the child makes) and 10,000
    /// entries of environment.
    /// </summary>
    internal static Bundle MakeHeavy(this Bundle bundle)
    {
        bundle.WritableRoot();
        for (int i = 0; i < MountPairs; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture);
            bundle.Mount($"/mnt/memory/{name}", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=755", "size=64k");
            bundle.Mount($"/mnt/bound/{name}/hostname", "bind", "/etc/hostname", "bind", "ro", "nosuid");
        }

        return bundle.WithEnvironment(EnvironmentEntries);
    }

    /// <summary>Replaces the environment by that many entries.</summary>
    internal static Bundle WithEnvironment(this Bundle bundle, int count)
    {
        IEnumerable<JsonNode?> entries = Enumerable.Range(2, count - 1)
            .Select(i => JsonValue.Create($"VARIABLE_{i}=the value of variable number {i}"));
        bundle.Process["env"] = new JsonArray(["PATH=/bin", .. entries]);
        return bundle;
    }

    /// <summary>Puts the file in place that only execve finds out to be no program.</summary>
    internal static Bundle WithNoProgram(this Bundle bundle)
    {
        string path = Path.Combine(bundle.Rootfs, NoProgram[1..]);
        File.WriteAllText(path, "neither ELF nor script");
        _ = Syscall.chmod(path, FilePermissions.ACCESSPERMS);
        return bundle;
    }
}

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>A container under Debian's runc, to compare with.</summary>
internal sealed class RuncContainer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("csrun-test-runc-").FullName;

    public RuncContainer()
    {
        string bundle = Path.Combine(_directory, "bundle");
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs", "bin"));
        File.Copy("/bin/busybox", Path.Combine(bundle, "rootfs", "bin", "busybox"));
        Process("/usr/sbin/runc", "spec", "--bundle", bundle);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(bundle, "config.json")))!;
        config["process"]!["terminal"] = false;
        config["process"]!["args"] = new JsonArray("/bin/busybox", "sleep", "1000");
        config["linux"]!["resources"] = JsonNode.Parse(
            """
            {"memory":{"limit":67108864,"swap":134217728},"cpu":{"shares":512,"quota":50000,"period":100000},
             "pids":{"limit":50},"devices":[{"allow":false,"access":"rwm"}]}
            """);
        File.WriteAllText(Path.Combine(bundle, "config.json"), config.ToJsonString());
        // runc gives its own stdio to the container, which would keep a pipe open for ever.
        Process(
            "/bin/sh", "-c", $"exec runc --root {_directory}/root run -d -b {bundle} {Id} </dev/null >/dev/null 2>&1");
    }

    public string Id { get; } = "csrun-test-" + Guid.NewGuid().ToString("N")[..12];

    public IReadOnlyDictionary<string, string> CgroupPaths => JsonNode
        .Parse(File.ReadAllText(Path.Combine(_directory, "root", Id, "state.json")))!["cgroup_paths"]!
        .AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());

    public string Run(params string[] arguments)
    {
        return Process("/usr/sbin/runc", ["--root", _directory + "/root", .. arguments]);
    }

    public void Dispose()
    {
        Run("delete", "--force", Id);
        Directory.Delete(_directory, recursive: true);

        // runc 1.1 gives the owner of a container to a /dev/null that is its stdio, the host's own.
        Process("/bin/chown", "root:root", "/dev/null");
        Process("/bin/chmod", "0666", "/dev/null");
    }

    private static string Process(string program, params string[] arguments)
    {
        using Process process = System.Diagnostics.Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}

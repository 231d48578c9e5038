using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>Cgroups of a container on this machine, under a name of their own; all is gone when disposed.</summary>
internal sealed class HostCgroups : IDisposable
{
    private readonly List<Process> _processes = [];

    public HostCgroups(string? path = null)
    {
        Name = "csrun-test-" + Guid.NewGuid().ToString("N")[..12];
        Layout = CgroupLayout.Detect();
        Cgroups = ContainerCgroups.Locate(Layout, path?.Replace("NAME", Name, StringComparison.Ordinal), Name);
    }

    public string Name { get; }

    public CgroupLayout Layout { get; }

    public ContainerCgroups Cgroups { get; }

    public ContainerCgroups FromState => ContainerCgroups.FromState(Cgroups.Paths);

    public bool Has(string controller)
    {
        return Cgroups.Paths.ContainsKey(controller);
    }

    public string PathOf(string controller, string file = "")
    {
        return Path.Combine(Cgroups.Paths[controller], file);
    }

    public string Read(string controller, string file)
    {
        return File.ReadAllText(PathOf(controller, file)).TrimEnd('\n');
    }

    /// <summary>Starts a process that only this object ends.</summary>
    public int Start(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        _processes.Add(process);
        return process.Id;
    }

    public Process ProcessOf(int pid)
    {
        return _processes.Single(p => p.Id == pid);
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            process.WaitForExit();
            process.Dispose();
        }

        foreach (string path in Cgroups.Paths.Values.Where(Directory.Exists))
        {
            if (File.Exists(Path.Combine(path, "freezer.state")))
            {
                File.WriteAllText(Path.Combine(path, "freezer.state"), "THAWED");
            }
        }

        FromState.Remove();
        foreach (string path in Cgroups.Paths.Values)
        {
            string parent = Path.GetDirectoryName(path)!;
            if (Path.GetFileName(parent).StartsWith("csrun-test-", StringComparison.Ordinal)
                && Directory.Exists(parent))
            {
                Directory.Delete(parent);
            }
        }
    }
}

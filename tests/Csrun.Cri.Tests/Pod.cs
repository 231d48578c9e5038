using System;
using System.IO;

namespace Csrun.Cri.Tests;

/// <summary>A pod on the host's network, as a kubelet makes it, and what it does with the pod's containers.</summary>
internal sealed class Pod : IDisposable
{
    private readonly Cri _cri;
    private readonly PodSandboxConfig _config;

    /// <param name="cri">The daemon.</param>
    /// <param name="handler">What a RuntimeClass names: csrun, or csrun-shim.</param>
    public Pod(Cri cri, string handler)
    {
        _cri = cri;
        string name = cri.NewName();
        Logs = Path.Combine(cri.Work, "logs-" + name);
        _config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = name, Uid = name, Namespace = "default" },
            LogDirectory = Logs,
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = "/kubepods/" + name,
                SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = OnTheHostsNetwork() },
            },
        };
        RunPodSandboxRequest request = new() { Config = _config, RuntimeHandler = handler };
        Id = _cri.Runtime.RunPodSandbox(request).PodSandboxId;
    }

    public string Id { get; }

    /// <summary>Where the containers' output goes.</summary>
    public string Logs { get; }

    public PodSandboxState State()
    {
        return _cri.Runtime.PodSandboxStatus(new PodSandboxRequest { PodSandboxId = Id }).Status.State;
    }

    /// <summary>A started container of a script.</summary>
    /// <returns>Its id.</returns>
    public string Start(string name, string script, long memoryLimit = 0)
    {
        ContainerConfig config = new()
        {
            Metadata = new ContainerMetadata { Name = name },
            Image = new ImageSpec { Image = "localhost/bb:latest" },
            Command = { "/bin/sh", "-c", script },
            LogPath = name,
            Linux = new LinuxContainerConfig
            {
                Resources = new LinuxContainerResources { MemoryLimitInBytes = memoryLimit },
                SecurityContext = new LinuxContainerSecurityContext { NamespaceOptions = OnTheHostsNetwork() },
            },
        };
        string id = _cri.Runtime.CreateContainer(
            new CreateContainerRequest { PodSandboxId = Id, Config = config, SandboxConfig = _config }).ContainerId;
        _ = _cri.Runtime.StartContainer(new ContainerRequest { ContainerId = id });
        return id;
    }

    /// <summary>Its state, and once it has ended the reason and the exit code.</summary>
    public string StatusOf(string container)
    {
        ContainerStatus status = _cri.Runtime.ContainerStatus(new ContainerRequest { ContainerId = container }).Status;
        return status.State == ContainerState.ContainerExited
            ? $"{status.Reason} {status.ExitCode}"
            : status.State.ToString();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>The reason and the exit code.</returns>
    public string Wait(string container)
    {
        return Testing.Wait.Until(
            () => StatusOf(container), seen => seen.Contains(' ', StringComparison.Ordinal), seconds: 20);
    }

    public ExecSyncResponse Execute(string container, params string[] command)
    {
        return _cri.Runtime.ExecSync(new ExecSyncRequest { ContainerId = container, Cmd = { command }, Timeout = 20 });
    }

    public void Stop(string container)
    {
        _ = _cri.Runtime.StopContainer(new StopContainerRequest { ContainerId = container, Timeout = 10 });
    }

    public void Remove(string container)
    {
        _ = _cri.Runtime.RemoveContainer(new ContainerRequest { ContainerId = container });
    }

    /// <summary>Stops the pod and removes it with all its containers.</summary>
    public void Dispose()
    {
        _ = _cri.Runtime.StopPodSandbox(new PodSandboxRequest { PodSandboxId = Id });
        _ = _cri.Runtime.RemovePodSandbox(new PodSandboxRequest { PodSandboxId = Id });
    }

    // A network of its own would need the plugins that make it, which are none of a runtime's business.
    private static NamespaceOption OnTheHostsNetwork()
    {
        return new NamespaceOption { Network = NamespaceMode.Node, Pid = NamespaceMode.Container };
    }
}

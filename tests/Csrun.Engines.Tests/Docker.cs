namespace Csrun.Engines.Tests;

/// <summary>dockerd with csrun as its default runtime.</summary>
public class Docker : Engine
{
    public Docker()
        : this([])
    {
    }

    /// <param name="flags">Of dockerd.</param>
    protected Docker(params string[] flags)
        : base("docker", flags)
    {
    }

    /// <summary>Debian's client.</summary>
    internal RunResult Do(params string[] arguments)
    {
        return Run(["/usr/bin/docker", .. arguments]);
    }

    /// <summary>A container that runs a script until it is told to end.</summary>
    /// <param name="script">For its shell.</param>
    /// <param name="flags">Of docker run.</param>
    /// <returns>Its name.</returns>
    internal string Detach(string script, params string[] flags)
    {
        string name = NewName();
        Do(["run", "-d", "--name", name, .. flags, "bb", "sh", "-c", script]).Ok();
        return name;
    }

    /// <summary>What a template says of a container.</summary>
    internal string Inspect(string name, string template)
    {
        return Do("inspect", "-f", template, name).Ok().Stdout.TrimEnd();
    }
}

/// <summary>dockerd whose containers have user namespaces.</summary>
public sealed class DockerRemapped : Docker
{
    public DockerRemapped()
        : base("--userns-remap", "dockremap")
    {
    }
}

/// <summary>dockerd whose containers outlive it.</summary>
public sealed class DockerLiveRestore : Docker
{
    public DockerLiveRestore()
        : base("--live-restore")
    {
    }

    /// <summary>Kills the daemon, not its containers, and starts another.</summary>
    internal void Replace()
    {
        KillAndAwait("$(cat /run/docker.pid)");
        Start();
    }
}

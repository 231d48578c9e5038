namespace Csrun.Engines.Tests;

/// <summary>podman and buildah, as root, with csrun as their only runtime.</summary>
public sealed class Podman : Engine
{
    public Podman()
        : base("podman")
    {
    }

    /// <summary>podman itself.</summary>
    internal RunResult Do(params string[] arguments)
    {
        return Run(["podman", .. arguments]);
    }

    /// <summary>A container that runs a script until it is told to end.</summary>
    /// <returns>Its name.</returns>
    internal string Detach(string script, params string[] flags)
    {
        string name = NewName();
        Do(["run", "-d", "--name", name, .. flags, "localhost/bb", "sh", "-c", script]).Ok();
        return name;
    }

    /// <summary>What a template says of a container.</summary>
    internal string Inspect(string name, string template)
    {
        return Do("inspect", "-f", template, name).Ok().Stdout.TrimEnd();
    }
}

/// <summary>podman of a user who is not root.</summary>
public sealed class PodmanRootless : Engine
{
    public PodmanRootless()
        : base("rootless", RuntimeBinary.UnderTest.PathForUsers, [])
    {
    }

    /// <summary>podman as that user.</summary>
    internal RunResult Do(params string[] arguments)
    {
        return Run([Script("as-user"), Work, "podman", "--log-level", "error", .. arguments]);
    }

    /// <summary>A shell's script as that user.</summary>
    internal RunResult DoShell(string script)
    {
        return Run([Script("as-user"), Work, "bash", "-c", script]);
    }

    /// <summary>podman as that user, on a terminal.</summary>
    internal RunResult DoOnTerminal(string arguments)
    {
        return RunOnTerminal($"{Script("as-user")} {Work} podman --log-level error {arguments}");
    }
}

namespace Csrun.Engines.Tests;

/// <summary>buildah run and bud with csrun, isolation oci.</summary>
public sealed class BuildahTests(Podman engine) : IClassFixture<Podman>
{
    private static readonly string[] s_run =
        ["buildah", "run", "--runtime", RuntimeBinary.UnderTest.Path, "--isolation", "oci"];

    [RootFact]
    public void Runs_a_command_and_hands_on_its_exit_code()
    {
        string container = From();

        RunResult result = Run(container, "sh", "-c", "echo hello; exit 7");

        result.Exits(7).Stdout.Should().Be("hello\n");
        engine.Run("buildah", "rm", container).Ok();
    }

    [RootFact]
    public void Runs_as_a_user_with_a_volume_and_standard_input()
    {
        string container = From();
        System.IO.File.WriteAllText(System.IO.Path.Combine(engine.Work, "hostfile"), "of the host\n");

        engine.Run([.. s_run, "--user", "user", container, "id", "-u"])
            .Ok().Stdout.Should().Be("1000\n");
        engine.Run([.. s_run, "-v", $"{engine.Work}/hostfile:/mnt/f:ro", container, "cat", "/mnt/f"])
            .Ok().Stdout.Should().Be("of the host\n");
        engine.RunWithInput("from stdin\n", [.. s_run, container, "cat"])
            .Ok().Stdout.Should().Be("from stdin\n");
        engine.Run("buildah", "rm", container).Ok();
    }

    [RootFact]
    public void Fails_for_a_program_that_is_not_there()
    {
        string container = From();

        Run(container, "/nonexistent").Exits(1).Stderr.Should().Contain("no such file or directory");
        engine.Run("buildah", "rm", container).Ok();
    }

    [RootFact]
    public void Builds_an_image_of_steps_that_run()
    {
        string directory = System.IO.Directory.CreateDirectory(
            System.IO.Path.Combine(engine.Work, engine.NewName())).FullName;
        System.IO.File.WriteAllText(
            System.IO.Path.Combine(directory, "Dockerfile"),
            "FROM localhost/bb\nRUN echo built > /built && id\nUSER user\nRUN id\nCMD cat /built\n");

        RunResult result = engine.Run(
            "buildah", "bud", "--no-cache", "--layers", "--runtime", RuntimeBinary.UnderTest.Path, "--isolation", "oci",
            "--memory", "64m",
            "--cpu-shares", "200", "--ulimit", "nofile=1024:2048", "-t", "built", directory).Ok();

        result.Stdout.Should().Contain("uid=0(root)").And.Contain("uid=1000(user)");
        engine.Run("podman", "run", "--rm", "localhost/built").Ok().Stdout.Should().Be("built\n");
    }

    private string From()
    {
        return engine.Run("buildah", "from", "localhost/bb").Ok().Stdout.TrimEnd();
    }

    private RunResult Run(string container, params string[] command)
    {
        return engine.Run([.. s_run, container, .. command]);
    }
}

using System.IO;

namespace Csrun.Engines.Tests;

/// <summary>docker build, whose steps run in csrun.</summary>
public sealed class DockerBuildTests(Docker engine) : IClassFixture<Docker>
{
    private const string Steps = "FROM bb\nRUN echo built > /built && id\nUSER user\nRUN id\nCMD cat /built\n";

    [RootFact]
    public void Builds_in_the_classic_way()
    {
        RunResult result = Build("0", "classic", Steps);

        result.Stdout.Should().Contain("uid=0(root)").And.Contain("uid=1000(user)");
        engine.Do("run", "--rm", "classic").Ok().Stdout.Should().Be("built\n");
    }

    [RootFact]
    public void Builds_by_BuildKit()
    {
        RunResult result = Build("1", "buildkit", Steps + "RUN --mount=type=cache,target=/c test -d /c\n");

        result.Stderr.Should().Contain("uid=0(root)").And.Contain("uid=1000(user)");
        engine.Do("run", "--rm", "buildkit").Ok().Stdout.Should().Be("built\n");
    }

    [RootFact]
    public void Fails_with_the_code_of_a_step_that_failed()
    {
        string directory = Context("FROM bb\nRUN exit 9\n");

        engine.Run("env", "DOCKER_BUILDKIT=0", "/usr/bin/docker", "build", directory).Exits(9);
        engine.Run("env", "DOCKER_BUILDKIT=1", "/usr/bin/docker", "build", directory).Exits(1).Stderr
            .Should().Contain("exit code: 9");
    }

    private RunResult Build(string buildKit, string tag, string steps)
    {
        return engine.Run(
            "env", $"DOCKER_BUILDKIT={buildKit}", "/usr/bin/docker", "build", "--no-cache", "-t", tag,
            Context(steps)).Ok();
    }

    private string Context(string steps)
    {
        string directory = Directory.CreateDirectory(Path.Combine(engine.Work, engine.NewName())).FullName;
        File.WriteAllText(Path.Combine(directory, "Dockerfile"), steps);
        return directory;
    }
}

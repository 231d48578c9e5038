using System.Linq;

namespace Csrun.Lifecycle.Tests;

/// <summary>--no-pivot: a root that is moved onto / and entered with chroot.</summary>
public sealed class NoPivotTests : RuntimeTest
{
    [RootFact]
    public void Sees_the_mounts_that_a_pivoted_container_sees()
    {
        const string Script = "cut -d' ' -f5- /proc/self/mountinfo | sort";
        string pivoted = Run(NewBundle().Sh(Script)).Ok().Stdout;

        string moved = Run(NewBundle().Sh(Script), null, "--no-pivot").Ok().Stdout;

        moved.Split('\n').Select(WithoutOptionalFields)
            .Should().Equal(pivoted.Split('\n').Select(WithoutOptionalFields));
    }

    [RootFact]
    public void Is_the_root_of_its_mount_namespace_too()
    {
        Container container = NewContainer(NewBundle().Args("sleep", "100"));
        container.Create("--no-pivot").Start();

        // setns(2) puts the caller at the namespace's own root, not at that of the container's process.
        string seen = Programs.Run("nsenter", "-m", "-t", $"{container.Pid}", "/bin/ls", "/").Stdout;

        seen.Split('\n').Should().Contain("bin").And.NotContain("boot").And.NotContain("lib64");
    }

    [RootFact]
    public void Can_be_entered_by_an_exec()
    {
        Container container = NewContainer(NewBundle().Args("sleep", "100"));
        container.Create("--no-pivot").Start();

        container.Do("exec", container.Id, "cat", "/etc/group").Ok().Stdout.Should().Contain("extra:x:2000:user");
    }

    private static string WithoutOptionalFields(string line)
    {
        return line.Replace(" shared:", " ", System.StringComparison.Ordinal);
    }
}

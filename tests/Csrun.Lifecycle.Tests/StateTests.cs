using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>`state`: the shape that engines parse.</summary>
public sealed class StateTests : RuntimeTest
{
    [RootFact]
    public void Shows_all_that_callers_read()
    {
        Bundle bundle = NewBundle();
        bundle.Config["annotations"] = new JsonObject { ["org.example.colour"] = "blue \"quoted\"" };
        Container container = NewContainer(bundle).Create();

        JsonObject state = container.State();

        ((string)state["ociVersion"]!).Should().StartWith("1.");
        ((string)state["id"]!).Should().Be(container.Id);
        ((int)state["pid"]!).Should().Be(container.Pid);
        ((string)state["status"]!).Should().Be("created");
        ((string)state["bundle"]!).Should().Be(bundle.Path);
        ((string)state["rootfs"]!).Should().Be(bundle.Rootfs);
        ((string)state["annotations"]!["org.example.colour"]!).Should().Be("blue \"quoted\"");
        ((string)state["owner"]!).Should().BeOneOf("", "root");
        DateTime.Parse((string)state["created"]!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)
            .Should().BeCloseTo(DateTime.UtcNow, TimeSpan.FromMinutes(1));
    }

    [RootFact]
    public void Has_the_keys_in_runcs_order()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.State().Select(property => property.Key)
            .Should().Equal("ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "owner");
    }

    [RootFact]
    public void Is_indented_by_two_as_runc_prints_it()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Do("state", container.Id).Ok().Stdout.TrimEnd('\n')
            .Should().StartWith("{\n  \"ociVersion\": \"1.").And.EndWith("\n}");
    }

    [RootFact]
    public void Shows_pid_0_once_it_has_stopped()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        ((int)container.State()["pid"]!).Should().Be(0);
        container.Status().Should().Be("stopped");
    }

    [RootFact]
    public void Calls_a_zombie_stopped()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();

        container.AwaitStatus("stopped");

        container.Await().Should().Be(0);
    }

    [RootFact]
    public void Takes_a_process_with_the_same_pid_for_another()
    {
        Container container = NewContainer(NewBundle().Sh("exit 9")).Create();
        File.ReadAllText(Path.Combine(StateRoot, container.Id, "state.json"))
            .Should().Contain("\"init_process_start\":");
    }

    [RootFact]
    public void Makes_the_bundles_path_absolute()
    {
        Bundle bundle = NewBundle().Save();
        Container container = NewContainer(bundle);

        Command(
            new RunOptions { WorkingDirectory = bundle.Path, Stdout = container.Stdout, Stderr = container.Stderr },
            "create", "--bundle", ".", container.Id).Ok();

        ((string)container.State()["bundle"]!).Should().Be(bundle.Path);
    }

    [RootTheory]
    [InlineData("state")]
    [InlineData("start")]
    [InlineData("kill")]
    [InlineData("delete")]
    public void Says_that_a_container_does_not_exist(string command)
    {
        Command(command, "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
    }
}

using System.IO;
using Csrun.Testing.Outside;

namespace Csrun.Lifecycle.Tests;

/// <summary>`delete`: nothing of the container stays.</summary>
public sealed class DeleteTests : RuntimeTest
{
    [RootFact]
    public void Removes_a_stopped_container()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Delete();

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [RootFact]
    public void Removes_a_created_container_and_its_process()
    {
        Container container = NewContainer(NewBundle()).Create();
        int pid = container.Pid;

        container.Delete();

        Processes.ReapOrphans();
        Processes.Find(pid).Should().BeNull();
    }

    [RootFact]
    public void Refuses_a_running_container()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Do("delete", container.Id).Exits(1)
            .Stderr.Should().Contain($"cannot delete container {container.Id} that is not stopped: running");

        container.Status().Should().Be("running");
    }

    [RootFact]
    public void Removes_a_running_container_by_force()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Do("delete", "--force", container.Id).Ok();

        container.Await().Should().Be(137);
        Command("state", container.Id).Exits(1);
    }

    [RootFact]
    public void Forces_an_unknown_id_without_complaint()
    {
        RunResult result = Command("delete", "--force", "nobody").Ok();

        result.Stderr.Should().BeEmpty();
    }

    [RootFact]
    public void Removes_what_the_program_left_running()
    {
        Bundle bundle = NewBundle().WithoutNamespace("pid").Sh("sleep 100 </dev/null >/dev/null 2>&1 & exit 0");
        Container container = NewContainer(bundle).Create().Start();
        container.Await();

        container.Do("delete", "--force", container.Id).Ok();
    }

    [RootFact]
    public void Frees_the_id_for_another()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();
        container.Delete();

        Command("run", "--bundle", container.Bundle.Path, container.Id).Ok();
    }

    [RootFact]
    public void Removes_cgroups_that_the_container_made_below_its_own()
    {
        Bundle bundle = NewBundle().Sh("echo ready; sleep 100");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");
        string own = CgroupFiles.Directory("pids", container.Pid);
        Directory.CreateDirectory(Path.Combine(own, "below", "deeper"));

        container.Do("delete", "--force", container.Id).Ok();

        Directory.Exists(own).Should().BeFalse();
    }
}

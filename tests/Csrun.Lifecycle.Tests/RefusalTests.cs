using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Lifecycle.Tests;

/// <summary>
/// Commands that do not fit the container's status, configurations with wrong types, and programs that are none.
/// </summary>
public sealed class RefusalTests : RuntimeTest
{
    [RootFact]
    public void Refuses_an_id_in_use_and_leaves_its_container_alone()
    {
        Container container = NewContainer(NewBundle().Sh("exit 5")).Create();

        Command("create", "--bundle", container.Bundle.Path, container.Id).Exits(1)
            .Stderr.Should().Contain("container with given ID already exists");

        container.Start().Await().Should().Be(5);
    }

    [RootFact]
    public void Refuses_a_second_start()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.TryStart().Exits(1).Stderr.Should().Contain("cannot start an already running container");

        container.Status().Should().Be("running");
    }

    [RootFact]
    public void Refuses_to_start_a_stopped_container()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.TryStart().Exits(1).Stderr.Should().Contain("cannot start a container that has stopped");
    }

    [RootTheory]
    [InlineData("start")]
    [InlineData("state")]
    [InlineData("kill")]
    [InlineData("delete")]
    public void Refuses_an_unknown_id(string command)
    {
        Command(command, "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
    }

    [CsrunTheory]
    [InlineData("start")]
    [InlineData("state")]
    [InlineData("kill")]
    [InlineData("delete")]
    public void No_command_leaves_the_state_root_by_its_id(string command)
    {
        Command(command, "../../etc").Exits(1).Stderr.Should().Contain("invalid container ID format");
    }

    [RootTheory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public void Kills_and_deletes_a_created_container(string signal)
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create();

        container.Kill(signal).Ok();
        container.AwaitStatus("stopped").Delete();

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("{\"ociVersion\": 1}", "ociVersion")]
    [InlineData("{\"ociVersion\": \"1.0.2\", \"process\": []}", "process")]
    [InlineData("{\"ociVersion\": \"1.0.2\", \"process\": {\"args\": \"sh\"}}", "process.args")]
    [InlineData("{\"ociVersion\": \"1.0.2\", \"process\": {\"user\": {\"uid\": -1}}}", "process.user.uid")]
    [InlineData("{\"ociVersion\": \"1.0.2\", \"process\": {\"user\": {\"uid\": 4294967296}}}", "process.user.uid")]
    [InlineData("{\"ociVersion\": \"1.0.2\", \"linux\": {\"namespaces\": {}}}", "linux.namespaces")]
    [InlineData("{\"process\": {\"args\": [\"sh\"], \"cwd\": \"/\"}, \"root\": {\"path\": \"rootfs\"}}", "ociVersion")]
    [InlineData("[]", "line 1, column 1: expected an object")]
    [InlineData("", "line 1, column 1: not JSON")]
    public void Names_the_property_that_is_wrong_or_missing(string config, string property)
    {
        Bundle bundle = NewBundle();
        File.WriteAllText(Path.Combine(bundle.Path, "config.json"), config);

        Command("create", "--bundle", bundle.Path, NewId()).Exits(1).Stderr.Should().Contain(property);
    }

    [CsrunFact]
    public void Refuses_a_config_without_root()
    {
        Bundle bundle = NewBundle();
        bundle.Config.Remove("root");

        Run(bundle).Exits(1).Stderr.Should().Contain("root");
    }

    [CsrunFact]
    public void Refuses_a_root_that_is_a_file()
    {
        Bundle bundle = NewBundle();
        bundle.Config["root"]!["path"] = "config.json";

        Run(bundle).Exits(1).Stderr.Should().Contain("config.json").And.Contain("not a directory");
    }

    [CsrunTheory]
    [InlineData("maskedPaths")]
    [InlineData("readonlyPaths")]
    public void Refuses_relative_paths(string property)
    {
        Bundle bundle = NewBundle();
        bundle.Linux[property] = new JsonArray("proc/keys");

        Run(bundle).Exits(1).Stderr.Should().Contain($"linux.{property}[0]");
    }

    [RootTheory]
    [InlineData("/bin/nosuch", "no such file or directory")]
    [InlineData("nosuch", "executable file not found in $PATH")]
    [InlineData("/etc/passwd", "permission denied")]
    [InlineData("/etc", "permission denied|is a directory")]
    public void Says_at_create_that_the_program_cannot_be_run(string program, string reason)
    {
        NewContainer(NewBundle().Args(program)).TryCreate().Exits(1).Message
            .Should().MatchRegex(reason.Replace("$", "\\$"));
    }

    [CsrunFact]
    public void Says_at_start_that_the_program_is_none()
    {
        Bundle bundle = NewBundle().Args("/bin/notexec");
        string program = Path.Combine(bundle.Rootfs, "bin", "notexec");
        File.WriteAllBytes(program, [0, 1, 2, 3]);
        _ = Syscall.chmod(program, FilePermissions.ACCESSPERMS);
        Container container = NewContainer(bundle).Create();

        container.TryStart().Exits(1).Stderr.Should().Contain("exec format error");
    }

    [RootFact]
    public void Refuses_one_argument_over_128_KiB()
    {
        // MAX_ARG_STRLEN of execve(2); only the kernel knows when it comes to it
        Run(NewBundle().Args("/bin/true", new string('x', 131072))).Exits(1).Stderr
            .Should().Contain("argument list too long");
    }

    [RootFact]
    public void Takes_arguments_of_a_mebibyte_in_all()
    {
        string[] arguments = [.. Enumerable.Repeat(new string('x', 65535), 16)];

        Run(NewBundle().Args(["/bin/sh", "-c", "echo ${#16}", "sh", .. arguments])).Ok().Stdout.Should().Be("65535\n");
    }

    [RootFact]
    public void Takes_ten_thousand_environment_entries()
    {
        Bundle bundle = NewBundle();
        foreach (int i in Enumerable.Range(0, 10_000))
        {
            bundle.Env($"NAME{i}=value{i}");
        }

        Inside(bundle, "env | grep -c ^NAME; echo $NAME9999").Should().Be("10000\nvalue9999");
    }

    [CsrunTheory]
    [InlineData("0.9.0")]
    [InlineData("10.0.0")]
    [InlineData("1.0")]
    public void Refuses_versions_that_are_not_1(string version)
    {
        Bundle bundle = NewBundle();
        bundle.Config["ociVersion"] = version;

        Run(bundle).Exits(1).Stderr.Should().Contain("ociVersion");
    }

    [CsrunTheory]
    [InlineData("1.3.0")]
    [InlineData("1.99.7")]
    [InlineData("1.0.0-rc5")]
    [InlineData("1.2.1+build.5")]
    public void Takes_every_version_1(string version)
    {
        Bundle bundle = NewBundle();
        bundle.Config["ociVersion"] = version;

        Inside(bundle, "echo ran").Should().Be("ran");
    }

    [CsrunTheory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("99999999999")]
    [InlineData("SIG")]
    [InlineData("")]
    public void Refuses_numbers_that_are_no_signals(string signal)
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        RunResult result = container.Kill(signal);

        // 0 is one that does nothing.
        result.ExitCode.Should().Be(signal == "0" ? 0 : 1);
        container.Status().Should().Be("running");
    }
}

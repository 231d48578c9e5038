using System.Linq;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;

namespace Csrun.Tests.Reporting;

public sealed class ErrorReportTests
{
    private static readonly ErrorDetail s_mount = new()
    {
        Step = "create",
        ContainerId = "web",
        Place = "mounts[3].source",
        Operation = "open",
        Object = "/srv/data",
        Cause = "no such file or directory",
        ErrnoName = "ENOENT",
        Hint = "make the directory, or take the mount out",
    };

    [Fact]
    public void Says_all_it_knows_as_csrun()
    {
        ErrorReport.ForPerson(s_mount, Dialect.Csrun).Should().Be(
            "csrun: create web: mounts[3].source: open /srv/data: no such file or directory (ENOENT)\n"
            + "hint: make the directory, or take the mount out\n");
    }

    [Fact]
    public void Says_it_on_one_line_in_a_log()
    {
        ErrorReport.Message(s_mount, Dialect.Csrun).Should().Be(
            "create web: mounts[3].source: open /srv/data: no such file or directory (ENOENT)");
    }

    [Theory]
    [InlineData("create", "runc create failed: mounts[3].source: open /srv/data: no such file or directory")]
    [InlineData("run", "runc run failed: mounts[3].source: open /srv/data: no such file or directory")]
    [InlineData("exec", "exec failed: mounts[3].source: open /srv/data: no such file or directory")]
    [InlineData("state", "mounts[3].source: open /srv/data: no such file or directory")]
    public void Puts_the_step_in_front_as_runc_does(string step, string message)
    {
        ErrorReport.Message(s_mount with { Step = step }, Dialect.Runc).Should().Be(message);
    }

    [Fact]
    public void Leaves_errno_and_hint_out_as_crun()
    {
        ErrorReport.ForPerson(s_mount, Dialect.Crun).Should().Be(
            "create web: mounts[3].source: open /srv/data: no such file or directory\n");
    }

    [Fact]
    public void Is_the_bare_cause_where_nothing_else_is_known()
    {
        ErrorDetail error = new() { Cause = "container does not exist" };

        ErrorReport.ForPerson(error, Dialect.Csrun).Should().Be("csrun: container does not exist\n");
        ErrorReport.ForPerson(error, Dialect.Runc).Should().Be("container does not exist\n");
    }

    [Fact]
    public void Names_a_container_without_a_step()
    {
        ErrorReport.Message(new() { ContainerId = "web", Cause = "container not running" }, Dialect.Csrun)
            .Should().Be("web: container not running");
    }

    [Fact]
    public void Tells_every_fault_each_on_its_line_as_csrun()
    {
        ErrorDetail error = new()
        {
            Step = "create",
            ContainerId = "web",
            Faults = [new("process.cwd", "must be an absolute path"), new("root", "missing")],
            Hint = "see config.json",
        };

        ErrorReport.ForPerson(error, Dialect.Csrun).Should().Be(
            "csrun: create web: process.cwd: must be an absolute path\ncsrun: create web: root: missing\n"
            + "hint: see config.json\n");
    }

    [Fact]
    public void Tells_every_fault_on_one_line_elsewhere()
    {
        ErrorDetail error = new()
        {
            Step = "create",
            Place = "/b/config.json",
            Cause = "invalid",
            Faults = [new("process.cwd", "must be an absolute path"), new("root", "missing")],
        };

        ErrorReport.Message(error, Dialect.Runc).Should().Be(
            "runc create failed: /b/config.json: invalid: process.cwd: must be an absolute path; root: missing");
        ErrorReport.Message(error with { Cause = "", Place = null }, Dialect.Crun).Should().Be(
            "create: process.cwd: must be an absolute path; root: missing");
    }

    [Fact]
    public void Shows_no_control_character_to_a_terminal()
    {
        ErrorDetail error = new() { Cause = "open /a\u001b[31m\rb\u009b: not found" };

        ErrorReport.ForPerson(error, Dialect.Csrun).Should().Be(@"csrun: open /a\x1b[31m\rb\u009b: not found" + "\n");
    }

    [Fact]
    public void Indents_the_further_lines_of_a_hooks_output()
    {
        ErrorDetail error = new() { Cause = "error running createRuntime hook #0: exit status 1, stderr: no\ngood\n" };

        ErrorReport.ForPerson(error, Dialect.Csrun).Should().EndWith("stderr: no\n    good\n");
        ErrorReport.ForPerson(error, Dialect.Crun).Should().EndWith("stderr: no\ngood\n");
    }

    [Fact]
    public void Takes_a_failed_system_call_apart()
    {
        KernelException exception = new("open", "/srv/data", Errno.ENOENT, "mounts[3].source", "make it");

        ErrorReport.ForPerson(ErrorDetail.Of(exception) with { Step = "create", ContainerId = "web" }, Dialect.Csrun)
            .Split('\n').First().Should().Be(
                "csrun: create web: mounts[3].source: open /srv/data: no such file or directory (ENOENT)");
    }

    [Theory]
    [InlineData("exec", 255)]
    [InlineData("run", 1)]
    [InlineData("state", 1)]
    public void Comes_with_the_exit_code_of_its_command(string name, int exitCode)
    {
        Command command = CommandTable.Find(Dialect.Csrun, System.Text.Encoding.UTF8.GetBytes(name)).Command;

        ExitCodes.Of(command).Should().Be(exitCode);
    }
}

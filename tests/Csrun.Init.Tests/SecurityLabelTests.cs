using System;
using System.IO;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init.Tests;

/// <summary>Labels for the next execve, written to a directory that looks like /proc.</summary>
public sealed class SecurityLabelTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory("csrun-proc-").FullName;
    private readonly Fd _descriptor;

    public SecurityLabelTests()
    {
        Directory.CreateDirectory(At("apparmor"));
        foreach (string file in new[] { "exec", "keycreate", "apparmor/exec" })
        {
            File.WriteAllText(At(file), "");
        }

        _descriptor = new Fd(
            Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(_proc), Kernel.O_PATH | Kernel.O_DIRECTORY));
    }

    private ProcFs Proc => ProcFs.At(_descriptor.Number);

    public void Dispose()
    {
        _descriptor.Dispose();
        Directory.Delete(_proc, recursive: true);
    }

    [Fact]
    public void Asks_AppArmor_for_the_profile_at_the_next_execve()
    {
        SecurityLabels.SetForExec(Proc, Process("docker-default", null));

        File.ReadAllText(At("apparmor/exec")).Should().Be("exec docker-default");
    }

    [Fact]
    public void Leaves_the_file_that_all_modules_share_to_SELinux()
    {
        SecurityLabels.SetForExec(Proc, Process("docker-default", null));

        File.ReadAllText(At("exec")).Should().BeEmpty();
    }

    [Fact]
    public void Gives_SELinux_the_label_as_it_is()
    {
        SecurityLabels.SetForExec(Proc, Process(null, "system_u:system_r:container_t:s0:c1,c2"));

        File.ReadAllText(At("exec")).Should().Be("system_u:system_r:container_t:s0:c1,c2");
    }

    [Fact]
    public void Writes_nothing_where_nothing_is_asked_for()
    {
        SecurityLabels.SetForExec(Proc, Process("", ""));

        File.ReadAllText(At("exec")).Should().BeEmpty();
        File.ReadAllText(At("apparmor/exec")).Should().BeEmpty();
    }

    [Fact]
    public void Takes_the_label_of_keys_back_with_an_empty_line()
    {
        SecurityLabels.SetForKeys(Proc, null);

        File.ReadAllText(At("keycreate")).Should().Be("\n");
    }

    [Fact]
    public void Fails_by_its_place_where_the_file_is_missing()
    {
        File.Delete(At("apparmor/exec"));
        Action set = () => SecurityLabels.SetForExec(Proc, Process("docker-default", null));

        KernelException error = set.Should().Throw<KernelException>().Which;
        (error.Errno, error.Place).Should().Be((Errno.ENOENT, "process.apparmorProfile"));
    }

    [Fact]
    public void A_link_out_of_proc_is_not_followed()
    {
        string outside = _proc + "-outside";
        File.WriteAllText(outside, "untouched");
        File.Delete(At("exec"));
        File.CreateSymbolicLink(At("exec"), outside);
        Action set = () => SecurityLabels.SetForExec(Proc, Process(null, "label"));

        set.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EXDEV);

        File.ReadAllText(outside).Should().Be("untouched");
        File.Delete(outside);
    }

    [Fact]
    public void The_callers_proc_must_be_one()
    {
        Action open = () => ProcFs.OfCaller();

        open.Should().NotThrow();
    }

    private string At(string file) => Path.Combine(_proc, "thread-self", "attr", file);

    private static ProcessPlan Process(string? profile, string? label) => ProcessPlanner.Plan(
        new Process { Args = ["a"], Cwd = "/", ApparmorProfile = profile, SelinuxLabel = label }, defaultUmask: 0);
}


namespace Csrun.Properties.Tests;

/// <summary>
/// AppArmor profiles and SELinux labels on a host that has neither: what must not run unconfined does not run. That
/// they hold where they are is shown in a guest.
/// </summary>
public sealed class LabelTests : RuntimeTest
{
    private const string Apparmor = "/sys/module/apparmor";
    private const string Selinux = "/sys/fs/selinux/class";

    [CsrunFactWithout(Apparmor)]
    public void A_profile_without_AppArmor_is_refused_by_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Process["apparmorProfile"] = "docker-default";

        NewContainer(bundle).TryCreate().Exits(1)
            .Stderr.Should().Contain("process.apparmorProfile: AppArmor is not enabled on this host");
    }

    [CsrunFactWithout(Selinux)]
    public void A_label_without_SELinux_is_refused_by_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Process["selinuxLabel"] = "system_u:system_r:container_t:s0";

        NewContainer(bundle).TryCreate().Exits(1)
            .Stderr.Should().Contain("process.selinuxLabel: SELinux is not enabled on this host");
    }

    [CsrunFact]
    public void Empty_ones_ask_for_nothing()
    {
        Bundle bundle = NewBundle();
        bundle.Process["apparmorProfile"] = "";
        bundle.Process["selinuxLabel"] = "";
        bundle.Linux["mountLabel"] = "";

        Run(bundle.Sh("echo ran")).Ok()
            .Should().Match<RunResult>(result => result.Stdout == "ran\n" && result.Stderr.Length == 0);
    }

    [CsrunFactWithout(Selinux)]
    public void A_label_of_mounts_without_SELinux_is_left_out_with_a_warning()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["mountLabel"] = "system_u:object_r:container_file_t:s0:c1,c2";

        RunResult result = Run(bundle.Sh("echo ran"));

        result.Ok().Stdout.Should().Be("ran\n");
        result.Stderr.Should().Contain("linux.mountLabel: not applied");
    }
}

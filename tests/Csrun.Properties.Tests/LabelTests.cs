using System.IO;

namespace Csrun.Properties.Tests;

/// <summary>
/// AppArmor profiles and SELinux labels on a host that has neither: what must not run unconfined does not run. That they
/// hold where they are is shown in a guest.
/// </summary>
public sealed class LabelTests : RuntimeTest
{
    private static bool HasApparmor => Directory.Exists("/sys/module/apparmor");

    private static bool HasSelinux => Directory.Exists("/sys/fs/selinux/class");

    [CsrunFact]
    public void A_profile_without_AppArmor_is_refused_by_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Process["apparmorProfile"] = "docker-default";

        RunResult result = NewContainer(bundle).TryCreate();

        (HasApparmor || (result.ExitCode == 1
            && result.Stderr.Contains("process.apparmorProfile: AppArmor is not enabled on this host"))).Should().BeTrue(result.Stderr);
    }

    [CsrunFact]
    public void A_label_without_SELinux_is_refused_by_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Process["selinuxLabel"] = "system_u:system_r:container_t:s0";

        RunResult result = NewContainer(bundle).TryCreate();

        (HasSelinux || (result.ExitCode == 1
            && result.Stderr.Contains("process.selinuxLabel: SELinux is not enabled on this host"))).Should().BeTrue(result.Stderr);
    }

    [CsrunFact]
    public void Empty_ones_ask_for_nothing()
    {
        Bundle bundle = NewBundle();
        bundle.Process["apparmorProfile"] = "";
        bundle.Process["selinuxLabel"] = "";
        bundle.Linux["mountLabel"] = "";

        Run(bundle.Sh("echo ran")).Ok().Should().Match<RunResult>(result => result.Stdout == "ran\n" && result.Stderr.Length == 0);
    }

    [CsrunFact]
    public void A_label_of_mounts_without_SELinux_is_left_out_with_a_warning()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["mountLabel"] = "system_u:object_r:container_file_t:s0:c1,c2";

        RunResult result = Run(bundle.Sh("echo ran"));

        (HasSelinux || (result.Stdout == "ran\n" && result.Stderr.Contains("linux.mountLabel: not applied"))).Should().BeTrue(result.ToString());
    }
}

using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Attacks.Tests;

/// <summary>
/// Writes to /proc that a configuration, or an image, tries to send elsewhere (CVE-2019-16884, CVE-2025-52881): they go
/// through a procfs of csrun's own.
/// </summary>
public sealed class ProcTests : AttackTest
{
    [CsrunFact]
    public void CVE_2025_52881_A_setting_goes_to_the_kernel_though_a_tmpfs_covers_proc()
    {
        Bundle bundle = NewBundle().WritableRoot();
        bundle.Linux["sysctl"] = new JsonObject { ["kernel.shmmax"] = "65536" };
        bundle.Config["mounts"]!.AsArray().Insert(1, new JsonObject
        {
            ["destination"] = "/proc",
            ["type"] = "tmpfs",
            ["source"] = "tmpfs",
        });
        bundle.Linux["maskedPaths"] = new JsonArray();
        bundle.Linux["readonlyPaths"] = new JsonArray();
        bundle.Mount("/second", "proc", "proc");

        Inside(bundle, "cat /second/sys/kernel/shmmax; ls /proc").Should().Be("65536");
    }

    [CsrunFact]
    public void CVE_2025_52881_A_setting_is_not_sent_to_a_file_bound_over_it()
    {
        Bundle bundle = NewBundle();
        string file = Path.Combine(Work, "target");
        File.WriteAllText(file, "untouched");
        bundle.Linux["sysctl"] = new JsonObject { ["kernel.shmmax"] = "65536" };
        bundle.Mount("/proc/sys/kernel/shmmax", "bind", file, "bind");

        Run(bundle.Sh("true")).ExitCode.Should().BeOneOf(0, 1);

        File.ReadAllText(file).Should().Be("untouched");
    }

    [CsrunFact]
    public void CVE_2025_52881_harmless_A_setting_of_the_containers_own_namespace_is_made()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["sysctl"] = new JsonObject { ["kernel.shmmax"] = "65536" };

        Inside(bundle, "cat /proc/sys/kernel/shmmax").Should().Be("65536");
    }

    [CsrunTheory]
    [InlineData("../self/oom_score_adj")]
    [InlineData("kernel/../../sysrq-trigger")]
    [InlineData("kernel.core_pattern")]
    [InlineData("kernel.sysrq")]
    public void A_setting_of_the_host_is_refused(string name)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["sysctl"] = new JsonObject { [name] = "1" };

        Run(bundle.Sh("true")).Exits(1).Stderr.Should().Contain("linux.sysctl");
    }

    [CsrunFact]
    public void CVE_2019_16884_A_priority_for_the_oom_killer_is_set_though_proc_is_covered()
    {
        Bundle bundle = NewBundle().WritableRoot();
        bundle.Process["oomScoreAdj"] = 345;
        bundle.Config["mounts"]!.AsArray().Insert(0, new JsonObject
        {
            ["destination"] = "/proc",
            ["type"] = "tmpfs",
            ["source"] = "tmpfs",
        });

        Inside(bundle, "cat /proc/self/oom_score_adj").Should().Be("345");
    }

    [CsrunFact]
    public void In_a_user_namespace_groups_are_dropped()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string map in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[map] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100000, ["size"] = 65536 });
        }

        Inside(bundle, "grep Groups /proc/self/status; cat /proc/self/setgroups")
            .Should().MatchRegex("^Groups:\\s*\nallow$");
    }

    [CsrunFact]
    public void CVE_2016_8867_Nothing_is_ambient_that_was_not_asked_for()
    {
        Bundle bundle = NewBundle().User(1000, 1000).Capabilities("CAP_KILL", "CAP_NET_RAW");

        Inside(bundle, "grep -E 'Cap(Amb|Eff|Prm|Inh)' /proc/self/status | grep -vc 0000000000000000; true")
            .Should().Be("0");
    }
}

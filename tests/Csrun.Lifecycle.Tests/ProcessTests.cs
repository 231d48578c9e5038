using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>config.json's process: who the program is and what it may do.</summary>
public sealed class ProcessTests : RuntimeTest
{
    [RootFact]
    public void Has_the_ids_and_groups_that_were_asked_for()
    {
        Inside(NewBundle().User(1000, 2000, 5, 7), "id -u; id -g; grep Groups /proc/self/status")
            .Should().MatchRegex("^1000\n2000\nGroups:\t5 7 ?(2000 ?)?$");
    }

    [RootFact]
    public void Has_no_group_of_the_caller()
    {
        Inside(NewBundle(), "grep Groups /proc/self/status").TrimEnd().Should().BeOneOf("Groups:", "Groups:\t0");
    }

    [RootFact]
    public void Has_exactly_the_environment_that_was_asked_for()
    {
        Bundle bundle = NewBundle().Env("COLOUR=blue and \"quoted\"").Env("EMPTY=");

        string[] environment = Run(
            bundle.Args("/bin/env"),
            new RunOptions { Environment = ["PATH=/usr/bin:/bin", "SECRET=of-the-caller"] }).Ok().Lines;

        environment.Where(entry => !entry.StartsWith("HOME=", System.StringComparison.Ordinal)).Should().BeEquivalentTo(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
            "COLOUR=blue and \"quoted\"", "EMPTY=");
    }

    [RootFact]
    public void Has_HOME_from_the_containers_passwd_where_none_is_given()
    {
        Inside(NewBundle().User(1000, 1000), "echo $HOME").Should().Be("/home");
    }

    [RootFact]
    public void Starts_in_its_working_directory()
    {
        Bundle bundle = NewBundle();
        bundle.Process["cwd"] = "/usr/bin";

        Inside(bundle, "pwd; readlink /proc/self/cwd").Should().Be("/usr/bin\n/usr/bin");
    }

    [RootFact]
    public void Makes_a_working_directory_that_is_missing()
    {
        Bundle bundle = NewBundle().WritableRoot();
        bundle.Process["cwd"] = "/srv/made/deep";

        Inside(bundle, "pwd").Should().Be("/srv/made/deep");
    }

    [RootFact]
    public void Has_the_capabilities_that_were_asked_for_and_no_other()
    {
        // AUDIT_WRITE 29, KILL 5, NET_BIND_SERVICE 10, as in the default config
        string[] sets = Inside(NewBundle(), "grep Cap /proc/self/status").Split('\n');

        sets.Should().Contain("CapInh:\t0000000000000000").And.Contain("CapPrm:\t0000000020000420")
            .And.Contain("CapEff:\t0000000020000420").And.Contain("CapBnd:\t0000000020000420");
    }

    [RootFact]
    public void Has_no_capability_as_another_user_unless_it_is_ambient()
    {
        Bundle bundle = NewBundle().User(1000, 1000).Capabilities("CAP_KILL", "CAP_CHOWN");

        Inside(bundle, "grep -E 'Cap(Prm|Eff|Amb|Inh)' /proc/self/status | cut -f2 | sort -u")
            .Should().Be("0000000000000000");
    }

    [RootFact]
    public void Keeps_ambient_capabilities_for_another_user()
    {
        Bundle bundle = NewBundle().User(1000, 1000);
        foreach (string set in new[] { "bounding", "effective", "permitted", "inheritable", "ambient" })
        {
            bundle.Process["capabilities"]![set] = new JsonArray("CAP_KILL");
        }

        Inside(bundle, "grep -E 'Cap(Eff|Amb)' /proc/self/status | cut -f2 | sort -u").Should().Be("0000000000000020");
    }

    [RootFact]
    public void Has_no_capability_at_all_where_the_sets_are_empty()
    {
        Inside(NewBundle().Capabilities(), "grep Cap /proc/self/status | cut -f2 | sort -u")
            .Should().Be("0000000000000000");
    }

    [RootTheory]
    [InlineData(true, "1")]
    [InlineData(false, "0")]
    public void Gets_no_new_privileges_as_asked(bool asked, string seen)
    {
        Bundle bundle = NewBundle();
        bundle.Process["noNewPrivileges"] = asked;

        Inside(bundle, "grep NoNewPrivs /proc/self/status | cut -f2").Should().Be(seen);
    }

    [RootFact]
    public void Has_its_resource_limits()
    {
        Bundle bundle = NewBundle();
        bundle.Process["rlimits"] = new JsonArray(
            new JsonObject { ["type"] = "RLIMIT_NOFILE", ["soft"] = 100, ["hard"] = 200 },
            new JsonObject { ["type"] = "RLIMIT_CORE", ["soft"] = 0, ["hard"] = 4096 },
            new JsonObject { ["type"] = "RLIMIT_STACK", ["soft"] = 1048576, ["hard"] = 18446744073709551615UL });

        string[] limits = [.. Inside(bundle, "cat /proc/self/limits").Split('\n').Select(Squeeze)];

        limits.Should().Contain("Max open files 100 200 files").And.Contain("Max core file size 0 4096 bytes")
            .And.Contain("Max stack size 1048576 unlimited bytes");
    }

    [RootFact]
    public void Has_its_umask()
    {
        Bundle bundle = NewBundle();
        bundle.Process["user"]!["umask"] = 63; // 077

        Inside(bundle, "umask").Should().Be("0077");
    }

    [RootFact]
    public void Has_the_usual_umask_where_none_is_given()
    {
        Inside(NewBundle(), "umask").Should().Be("0022");
    }

    [RootFact]
    public void Has_its_oom_score_adjustment()
    {
        Bundle bundle = NewBundle();
        bundle.Process["oomScoreAdj"] = 321;

        Inside(bundle, "cat /proc/self/oom_score_adj").Should().Be("321");
    }

    [RootFact]
    public void Has_default_signals_and_an_empty_mask()
    {
        // 32 and 33 are the C library's own, and come from the test's posix_spawn
        Inside(NewBundle(), "exec grep -E 'SigBlk|SigIgn' /proc/self/status")
            .Should().MatchRegex("^SigBlk:\t0{16}\nSigIgn:\t0{7}[01][08]0{7}$");
    }

    [RootFact]
    public void Passes_arguments_as_they_are()
    {
        Run(NewBundle().Args("/bin/printf", "%s|", "", "a b", "--help", "ü\n", "-")).Ok().Stdout
            .Should().Be("|a b|--help|ü\n|-|");
    }

    [RootFact]
    public void Takes_many_and_long_arguments()
    {
        string[] many = [.. Enumerable.Repeat(new string('x', 100_000), 8)];

        Run(NewBundle().Args(["/bin/sh", "-c", "echo $# ${#8}", "sh", .. many])).Ok().Stdout.Should().Be("8 100000\n");
    }

    [RootFact]
    public void Takes_a_large_environment()
    {
        Bundle bundle = NewBundle();
        for (int i = 0; i < 10_000; i++)
        {
            bundle.Env($"VARIABLE_{i}=value {i}");
        }

        Inside(bundle, "env | grep -c ^VARIABLE_").Should().Be("10000");
    }

    [RootFact]
    public void Leads_a_session_of_its_own()
    {
        Inside(NewBundle(), "cut -d' ' -f5,6 /proc/1/stat").Should().Be("1 1");
    }

    [RootFact]
    public void Ends_with_its_children()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 1000 & sleep 1000 & exit 5")).Create().Start();

        container.Await().Should().Be(5);
        Testing.Outside.Processes.ReapOrphans();
    }

    private static string Squeeze(string line)
    {
        return string.Join(' ', line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries));
    }
}

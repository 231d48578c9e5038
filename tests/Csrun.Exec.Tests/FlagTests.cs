using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Exec.Tests;

/// <summary>The flags that change the container's own process for one program.</summary>
public sealed class FlagTests : ExecTest
{
    [RootFact]
    public void Has_the_containers_directory_environment_ids_and_limits_without_flags()
    {
        Bundle bundle = NewBundle().User(1000, 1000, 77).Env("COLOUR=blue");
        bundle.Process["cwd"] = "/usr/bin";
        bundle.Process["rlimits"] = new JsonArray(
            new JsonObject { ["type"] = "RLIMIT_NOFILE", ["soft"] = 100, ["hard"] = 200 });
        bundle.Process["oomScoreAdj"] = 321;

        string[] lines = Sh(
            Running(bundle),
            "pwd; echo $COLOUR $HOME; id -u; id -g; id -G; ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj")
            .Split('\n');

        lines[4].Split(' ').Should().BeSubsetOf(["1000", "77"]).And.Contain("77");
        lines.Where((_, i) => i != 4).Should().Equal("/usr/bin", "blue /home", "1000", "1000", "100", "200", "321");
    }

    [CsrunFact]
    public void Has_the_containers_umask()
    {
        Bundle bundle = NewBundle();
        bundle.Process["user"]!["umask"] = 63; // 077

        Sh(Running(bundle), "umask").Should().Be("0077");
    }

    [RootFact]
    public void Starts_in_the_directory_that_is_asked_for()
    {
        Sh(Running(), "pwd; readlink /proc/self/cwd", "--cwd", "/usr/bin").Should().Be("/usr/bin\n/usr/bin");
    }

    [RootFact]
    public void Refuses_a_directory_that_is_not_absolute()
    {
        Exec(Running(), ["--cwd", "tmp"], "/bin/true").Exits(255).Message
            .Should().ContainEquivalentOf("an absolute path");
    }

    [RootTheory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    public void Cannot_start_in_a_directory_of_a_descriptor(int fd)
    {
        RunResult result = Exec(Running(), ["--cwd", $"/proc/self/fd/{fd}"], "/bin/sh", "-c", "pwd; ls ../../..");

        result.Exits(255).Stdout.Should().BeEmpty();
    }

    [RootFact]
    public void Adds_and_replaces_variables()
    {
        string[] environment = Exec(
            Running(NewBundle().Env("COLOUR=blue")), ["--env", "COLOUR=red", "--env", "NEW=a=b", "--env", "EMPTY="],
            "/bin/env").Ok().Lines;

        environment.Should().BeEquivalentTo(
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", "COLOUR=red", "NEW=a=b",
            "EMPTY=", "HOME=/root");
    }

    [RootFact]
    public void Looks_the_program_up_on_the_path_that_is_given()
    {
        Exec(Running(), ["--env", "PATH=/nowhere"], "env").Exits(255).Message
            .Should().Contain("executable file not found in $PATH");
        Exec(Running(), ["--env", "PATH=/nowhere:/bin"], "env").Ok().Stdout.Should().Contain("PATH=/nowhere:/bin\n");
    }

    [RootFact]
    public void Keeps_a_home_that_is_given()
    {
        Sh(Running(), "echo $HOME", "--env", "HOME=/srv").Should().Be("/srv");
    }

    [RootFact]
    public void Refuses_a_variable_without_a_value_and_does_not_show_it()
    {
        RunResult result = Exec(Running(), ["--env", "NOVALUE"], "/bin/true").Exits(255);

        result.Message.Should().Contain("invalid environment variable");
    }

    [RootTheory]
    [InlineData("1000", "1000 0 /home")]
    [InlineData("5:6", "5 6 /")]
    [InlineData("0:2000", "0 2000 /root")]
    public void Runs_as_a_user_by_number(string user, string seen)
    {
        Sh(Running(), "echo $(id -u) $(id -g) $HOME", "--user", user).Should().Be(seen);
    }

    [CsrunTheory]
    [InlineData("user", "1000 1000 /home Groups: 2000")]
    [InlineData("user:extra", "1000 2000 /home Groups: 2000")]
    [InlineData("user:5", "1000 5 /home Groups: 2000")]
    [InlineData("1000:extra", "1000 2000 /home Groups:")]
    [InlineData("root", "0 0 /root Groups:")]
    public void Runs_as_a_user_by_the_containers_names(string user, string seen)
    {
        Sh(Running(), "echo $(id -u) $(id -g) $HOME $(grep Groups /proc/self/status)", "--user", user)
            .Should().Be(seen);
    }

    [CsrunTheory]
    [InlineData("nobody-here", "no user nobody-here in the container's /etc/passwd")]
    [InlineData("0:nobodies", "no group nobodies in the container's /etc/group")]
    [InlineData("-1", "UID[:GID]")]
    [InlineData("4294967295", "UID[:GID]")]
    [InlineData("1000x", "UID[:GID]")]
    [InlineData(":0", "UID[:GID]")]
    [InlineData("0:", "UID[:GID]")]
    [InlineData("0:0:0", "UID[:GID]")]
    public void Refuses_a_user_that_is_none(string user, string reason)
    {
        Exec(Running(), ["--user", user], "/bin/true").Exits(255).Message.Should().Contain(reason);
    }

    [CsrunFact]
    public void Takes_names_only_from_a_regular_file_of_the_container()
    {
        Bundle bundle = NewBundle();
        string passwd = System.IO.Path.Combine(bundle.Rootfs, "etc", "passwd");
        System.IO.File.Delete(passwd);
        System.IO.File.CreateSymbolicLink(passwd, "/proc/1/root/etc/passwd");

        Exec(Running(bundle), ["--user", "user"], "/bin/true").Exits(255).Message.Should().Contain("no user user");
    }

    [RootFact]
    public void Adds_groups_to_those_of_the_container()
    {
        Sh(Running(NewBundle().User(0, 0, 77)), "grep Groups /proc/self/status", "-g", "8", "-g", "9")
            .Trim().Should().Be("Groups:\t8 9 77");
    }

    [RootFact]
    public void Adds_capabilities_to_the_bounding_effective_and_permitted_sets_only()
    {
        // CHOWN is 0; AUDIT_WRITE 29, KILL 5, NET_BIND_SERVICE 10 are the container's
        string[] sets = Sh(Running(), "grep Cap /proc/self/status", "--cap", "CAP_CHOWN").Split('\n');

        sets.Should().Equal(
            "CapInh:\t0000000000000000", "CapPrm:\t0000000020000421", "CapEff:\t0000000020000421",
            "CapBnd:\t0000000020000421",
            "CapAmb:\t0000000000000000");
    }

    [RootFact]
    public void Adds_several_capabilities_and_none_for_another_user()
    {
        Container container = Running();

        Sh(container, "grep CapEff /proc/self/status", "--cap", "CAP_CHOWN", "--cap", "CAP_FOWNER")
            .Should().EndWith("20000429");
        Sh(
            container, "grep -E 'Cap(Eff|Prm|Inh|Amb)' /proc/self/status | cut -f2 | sort -u", "--user", "1000",
            "--cap", "CAP_CHOWN")
            .Should().Be("0000000000000000");
    }

    [CsrunFact]
    public void Refuses_a_capability_that_is_none()
    {
        Exec(Running(), ["--cap", "CAP_EVERYTHING"], "/bin/true").Exits(255).Message
            .Should().Contain("--cap").And.Contain("CAP_EVERYTHING");
    }

    [RootTheory]
    [InlineData(false, new[] { "--no-new-privs" }, "1")]
    [InlineData(false, new string[0], "0")]
    [InlineData(true, new string[0], "1")]
    [InlineData(true, new[] { "--no-new-privs=false" }, "0")]
    public void Gets_no_new_privileges_as_asked(bool ofContainer, string[] flags, string seen)
    {
        Bundle bundle = NewBundle();
        bundle.Process["noNewPrivileges"] = ofContainer;

        Sh(Running(bundle), "grep NoNewPrivs /proc/self/status | cut -f2", flags).Should().Be(seen);
    }

    [RootTheory]
    [InlineData("--apparmor")]
    [InlineData("--process-label")]
    public void Refuses_a_label_where_there_is_no_security_module(string flag)
    {
        RunResult result = Exec(Running(), [flag, "some-profile"], "/bin/true").Exits(255);

        (result.Message.Contains(flag) || !Runtime.IsCsrun).Should().BeTrue(result.Message);
    }
}

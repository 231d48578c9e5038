using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>linux.personality and linux.memoryPolicy.</summary>
public sealed class PersonalityTests : RuntimeTest
{
    [RootTheory]
    [InlineData("LINUX", "00000000")]
    [InlineData("LINUX32", "00000008")]
    [Broken("config", "process.args=['/bin/echo','00000004']")]
    public void LNX_PERS_01_and_02_has_the_execution_domain(string domain, string seen)
    {
        Inside(With(domain), "cat /proc/self/personality").Should().Be(seen);
    }

    [RootFact]
    [Broken("config", "linux.personality-")]
    public void LNX_PERS_03_sees_a_machine_of_32_bits()
    {
        Inside(With("LINUX32"), "uname -m").Should().NotContain("64");
    }

    [RootFact]
    [Broken("config", "linux.personality-")]
    public void LNX_PERS_01_holds_for_exec()
    {
        Container container = NewContainer(With("LINUX32").Sh("sleep 100")).Create().Start();

        container.Do("exec", container.Id, "cat", "/proc/self/personality").Ok().Stdout.Should().Be("00000008\n");
    }

    [RootFact]
    [Broken("config", "linux.personality-")]
    public void LNX_PERS_05_refuses_flags_as_none_is_defined()
    {
        Bundle bundle = With("LINUX");
        bundle.Linux["personality"]!["flags"] = new JsonArray("ADDR_NO_RANDOMIZE");

        Run(bundle).Fails("linux.personality.flags[0]");
    }

    [RootTheory]
    [InlineData("MPOL_DEFAULT", "", null, "default")]
    [InlineData("MPOL_BIND", "0", null, "bind:0")]
    [InlineData("MPOL_INTERLEAVE", "0", "MPOL_F_STATIC_NODES", "interleave=static:0")]
    [InlineData("MPOL_PREFERRED", "0", null, "prefer:0")]
    [InlineData("MPOL_PREFERRED_MANY", "0", "MPOL_F_RELATIVE_NODES", "prefer (many)=relative:0")]
    [InlineData("MPOL_LOCAL", "", null, "local")]
    [Broken("config", "process.args=['/bin/echo','x']")]
    public void LNX_MPOL_01_to_04_takes_memory_by_the_policy(string mode, string nodes, string? flag, string seen)
    {
        Bundle bundle = WithMemory(mode, nodes);
        if (flag is not null)
        {
            bundle.Linux["memoryPolicy"]!["flags"] = new JsonArray(flag);
        }

        Inside(bundle, "head -1 /proc/self/numa_maps").Should().Contain($" {seen} ");
    }

    [RootFact]
    [Broken("config", "linux.memoryPolicy-")]
    public void LNX_MPOL_03_is_an_error_at_create_where_a_node_is_not_there()
    {
        NewContainer(WithMemory("MPOL_BIND",
        "1000")).TryCreate().Fails("linux.memoryPolicy: set_mempolicy MPOL_BIND: invalid argument");
    }

    private Bundle With(string domain)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["personality"] = new JsonObject { ["domain"] = domain };
        return bundle;
    }

    private Bundle WithMemory(string mode, string nodes)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["memoryPolicy"] = new JsonObject { ["mode"] = mode, ["nodes"] = nodes };
        return bundle;
    }
}

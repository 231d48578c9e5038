using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>memory.checkBeforeUpdate: a limit below what is in use.</summary>
public sealed class UpdateTests : RowTest
{
    [RootFact]
    [Requirement("LNX-MEM-12 LNX-MEM-13")]
    [Broken("exit", "update")]
    public void LNX_MEM_11_refuses_a_limit_below_what_is_in_use()
    {
        Bundle bundle = NewBundle().Sh("head -c 20000000 /dev/zero >/dev/shm/x; echo ready; sleep 100");
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 100_000_000 };
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");
        string limit = CgroupFiles.Read("memory", container.Pid, "memory.limit_in_bytes");
        long used = long.Parse(
            CgroupFiles.Read("memory", container.Pid, "memory.usage_in_bytes"), CultureInfo.InvariantCulture);
        RunOptions less = new()
        {
            Stdin = Encoding.ASCII.GetBytes($$"""{"memory":{"limit":{{used / 2}},"checkBeforeUpdate":true} }"""),
        };

        Command(less, "update", "--resources", "-", container.Id).ExitCode.Should().NotBe(0);

        CgroupFiles.Read("memory", container.Pid, "memory.limit_in_bytes").Should().Be(limit);
        container.Status().Should().Be("running");
    }
}

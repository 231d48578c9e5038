using System.IO;
using System.Text;
using System.Text.Json.Nodes;

namespace Csrun.CgroupCommands.Tests;

/// <summary>`update`: other limits for a container that runs; what is not given stays.</summary>
public sealed class UpdateTests : RuntimeTest
{
    [RootTheory]
    [InlineData("--memory", "67108864", "memory", "memory.limit_in_bytes", "67108864")]
    [InlineData("--memory", "48m", "memory", "memory.limit_in_bytes", "50331648")]
    [InlineData("--memory", "0.0625GiB", "memory", "memory.limit_in_bytes", "67108864")]
    [InlineData("--memory-reservation", "16M", "memory", "memory.soft_limit_in_bytes", "16777216")]
    [InlineData("--cpu-share", "300", "cpu", "cpu.shares", "300")]
    [InlineData("--cpu-quota", "20000", "cpu", "cpu.cfs_quota_us", "20000")]
    [InlineData("--cpu-quota", "-1", "cpu", "cpu.cfs_quota_us", "-1")]
    [InlineData("--cpu-period", "200000", "cpu", "cpu.cfs_period_us", "200000")]
    [InlineData("--cpuset-cpus", "1", "cpuset", "cpuset.cpus", "1")]
    [InlineData("--cpuset-mems", "0", "cpuset", "cpuset.mems", "0")]
    [InlineData("--pids-limit", "33", "pids", "pids.max", "33")]
    [InlineData("--pids-limit", "-1", "pids", "pids.max", "max")]
    [InlineData("--blkio-weight", "200", "blkio", "blkio.bfq.weight", "200")]
    public void Sets_the_limit_and_keeps_the_others(
        string flag, string value, string controller, string file, string expected)
    {
        Container container = Limited();
        string[] before = Files(container);

        container.Do("update", flag, value, container.Id).Ok();

        CgroupFiles.Read(controller, container.Pid, file).Should().Be(expected);
        string[] after = Files(container);
        for (int i = 0; i < after.Length; i++)
        {
            if (!after[i].StartsWith(file + "=", System.StringComparison.Ordinal))
            {
                after[i].Should().Be(before[i]);
            }
        }
    }

    [CsrunTheory]
    [InlineData("--cpu-burst", "10000", "cpu", "cpu.cfs_burst_us", "10000")]
    [InlineData("--cpu-idle", "1", "cpu", "cpu.idle", "1")]
    public void Sets_what_newer_kernels_have(string flag, string value, string controller, string file, string expected)
    {
        Container container = Limited();

        container.Do("update", flag, value, container.Id).Ok();

        CgroupFiles.Read(controller, container.Pid, file).Should().Be(expected);
    }

    [RootTheory]
    [InlineData("128m", "256m")]
    [InlineData("16m", "16m")]
    [InlineData("-1", "-1")]
    public void Moves_memory_and_swap_up_and_down_in_the_order_that_the_kernel_wants(string memory, string swap)
    {
        Container container = Limited();

        container.Do("update", "--memory", memory, "--memory-swap", swap, container.Id).Ok();
        container.Do("update", "--memory", "64m", "--memory-swap", "96m", container.Id).Ok();

        CgroupFiles.Read("memory", container.Pid, "memory.limit_in_bytes").Should().Be("67108864");
        CgroupFiles.Read("memory", container.Pid, "memory.memsw.limit_in_bytes").Should().Be("100663296");
    }

    [RootFact]
    public void Takes_no_limit_of_memory_for_none_of_swap()
    {
        Container container = Limited();

        container.Do("update", "--memory", "-1", container.Id).Ok();

        CgroupFiles.Read("memory", container.Pid, "memory.memsw.limit_in_bytes")
            .Should().HaveLength("9223372036854771712".Length);
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_a_document_and_takes_0_for_unset(bool fromStandardInput)
    {
        Container container = Limited();
        string document =
            """
            {"memory": {"limit": 67108864, "swap": 0, "reservation": 0, "kernel": 0},
             "cpu": {"shares": 256, "quota": 0, "period": 0, "cpus": "", "mems": ""},
             "pids": {"limit": 21}, "blockIO": {"weight": 0}}
            """;
        string file = Path.Combine(Work, "resources.json");
        File.WriteAllText(file, document);

        RunResult result = fromStandardInput
            ? Command(
                new RunOptions { Stdin = Encoding.UTF8.GetBytes(document) }, "update", "--resources", "-", container.Id)
            : container.Do("update", "-r", file, container.Id);

        result.Ok();
        Files(container).Should().Equal(
            "memory.limit_in_bytes=67108864", "memory.memsw.limit_in_bytes=100663296", "cpu.shares=256",
            "cpu.cfs_quota_us=50000", "cpu.cfs_period_us=100000", "cpuset.cpus=0-1", "pids.max=21");
    }

    [CsrunFact]
    public void Keeps_the_new_limits_on_record()
    {
        Container container = Limited();

        container.Do("update", "--cpu-period", "80000", "--pids-limit", "44", container.Id).Ok();
        container.Do("update", "--cpu-quota", "40000", container.Id).Ok();

        JsonNode resources = JsonNode.Parse(File.ReadAllText(Path.Combine(StateRoot, container.Id, "state.json")))!
            ["config_json"]!["linux"]!["resources"]!;
        resources["cpu"]!["period"]!.GetValue<int>().Should().Be(80000);
        resources["cpu"]!["quota"]!.GetValue<int>().Should().Be(40000);
        resources["pids"]!["limit"]!.GetValue<int>().Should().Be(44);
        resources["memory"]!["limit"]!.GetValue<int>().Should().Be(33554432);
        container.State()["bundle"]!.GetValue<string>().Should().Be(container.Bundle.Path);
    }

    [CsrunFact]
    public void Puts_back_what_was_written_when_one_limit_is_refused()
    {
        Container container = Limited();
        string[] before = Files(container);

        container.Do(
            "update", "--memory", "64m", "--cpu-share", "99", "--pids-limit", "9", "--cpuset-cpus", "77", container.Id)
            .Exits(1).Stderr.Should().Contain("cpuset.cpus").And.Contain("77");

        Files(container).Should().Equal(before);
    }

    [CsrunFact]
    public void Says_what_memory_is_in_use_when_a_limit_is_too_small()
    {
        Container container = NewContainer(
            NewBundle().Sh("x=$(head -c 20000000 /dev/zero | tr '\\0' x); echo ready; sleep 100; true"))
            .Create().Start();
        container.Stdout.Await("ready");

        container.Do("update", "--memory", "1m", container.Id).Exits(1)
            .Stderr.Should().Contain("memory.limit_in_bytes").And.Contain("current usage: ");

        CgroupFiles.Read("memory", container.Pid, "memory.limit_in_bytes")
            .Should().HaveLength("9223372036854771712".Length);
    }

    [CsrunFact]
    public void Counts_memory_within_the_swap_limit()
    {
        Container container = Limited();

        container.Do("update", "--memory", "64m", "--memory-swap", "32m", container.Id).Exits(1)
            .Stderr.Should().Contain("memory+swap limit should be >= memory limit");
        container.Do("update", "--memory", "1g", container.Id).Exits(1)
            .Stderr.Should().Contain("memory+swap limit should be >= memory limit");
    }

    [CsrunTheory]
    [InlineData("--memory", "much", "invalid value for memory")]
    [InlineData("--memory", "-5", "invalid value for memory")]
    [InlineData("--cpu-period", "-3", "invalid value for cpu-period")]
    [InlineData("--cpu-quota", "x", "invalid value for cpu-quota")]
    [InlineData("--cpu-period", "3", "cpu.period")]
    [InlineData("--cpu-share", "1", "shares")]
    [InlineData("--cpu-idle", "2", "cpu-idle")]
    [InlineData("--blkio-weight", "5", "blkio-weight")]
    [InlineData("--blkio-weight", "x", "blkio-weight")]
    [InlineData(
        "--l3-cache-schema", "L3:0=f",
        "--l3-cache-schema, --mem-bw-schema: the container was created without linux.intelRdt")]
    [InlineData("--resources", "/nonexistent", "open /nonexistent: no such file or directory")]
    public void Refuses_by_name_what_is_no_limit(string flag, string value, string text)
    {
        Container container = Limited();
        string[] before = Files(container);

        container.Do("update", flag, value, container.Id).Exits(1).Stderr.Should().Contain(text);

        Files(container).Should().Equal(before);
    }

    [CsrunFact]
    public void Tells_all_faults_of_a_document()
    {
        Container container = Limited();
        byte[] document = """{"memory": {"limit": "much"}, "cpu": {"period": 3}}"""u8.ToArray();

        Command(new RunOptions { Stdin = document }, "update", "-r", "-", container.Id).Exits(1)
            .Stderr.Should().Contain("memory.limit").And.Contain("cpu.period");
    }

    [CsrunFact]
    public void Names_a_controller_that_the_host_lacks()
    {
        Container container = Limited();
        byte[] document = """{"network": {"classID": 7}}"""u8.ToArray();

        Command(new RunOptions { Stdin = document }, "update", "-r", "-", container.Id).Exits(1)
            .Stderr.Should().Contain("net_cls").And.Contain("network.classID");
    }

    [RootFact]
    public void Refuses_a_container_that_has_stopped_and_an_unknown_one()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Do("update", "--pids-limit", "5", container.Id).Exits(1).Stderr
            .Should().Contain("container not running");
        Command("update", "--pids-limit", "5", "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
    }

    [RootFact]
    public void Changes_a_created_and_a_paused_container_too()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create();
        container.Do("update", "--pids-limit", "51", container.Id).Ok();
        CgroupFiles.Read("pids", container.Pid, "pids.max").Should().Be("51");

        container.Start().Do("pause", container.Id).Ok();
        container.Do("update", "--pids-limit", "52", container.Id).Ok();
        CgroupFiles.Read("pids", container.Pid, "pids.max").Should().Be("52");
        container.Status().Should().Be("paused");
        container.Do("resume", container.Id).Ok();
    }

    private Container Limited()
    {
        Bundle bundle = NewBundle().Sh("sleep 100");
        bundle.Resources["memory"] = JsonNode.Parse("""{"limit": 33554432, "swap": 100663296}""");
        bundle.Resources["cpu"] = JsonNode.Parse("""{"shares": 512, "quota": 50000, "period": 100000}""");
        bundle.Resources["pids"] = JsonNode.Parse("""{"limit": 77}""");
        return NewContainer(bundle).Create().Start();
    }

    private static string[] Files(Container container)
    {
        string[][] files =
        [
            ["memory", "memory.limit_in_bytes"], ["memory", "memory.memsw.limit_in_bytes"], ["cpu", "cpu.shares"],
            ["cpu", "cpu.cfs_quota_us"], ["cpu", "cpu.cfs_period_us"], ["cpuset", "cpuset.cpus"], ["pids", "pids.max"],
        ];
        return System.Array.ConvertAll(files, f => $"{f[1]}={CgroupFiles.Read(f[0], container.Pid, f[1])}");
    }
}

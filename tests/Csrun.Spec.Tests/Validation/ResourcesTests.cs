namespace Csrun.Spec.Tests;

/// <summary>
/// config-linux.md, Control groups: what no kernel takes, and the zeros by which engines mean "not set".
/// </summary>
public sealed class ResourcesTests
{
    [Theory]
    [InlineData("\"devices\":[{}]", "devices[0].allow: missing")]
    [InlineData(
        "\"devices\":[{\"allow\":true,\"type\":\"p\"}]",
        "devices[0].type: expected one of: a, c, b, found \"p\"")]
    [InlineData(
        "\"devices\":[{\"allow\":true,\"access\":\"rwx\"}]",
        "devices[0].access: expected letters of rwm, found \"rwx\"")]
    [InlineData("\"memory\":{\"limit\":-2}", "memory.limit: expected at least -1, found -2")]
    [InlineData("\"memory\":{\"reservation\":-2}", "memory.reservation: expected at least -1, found -2")]
    [InlineData(
        "\"memory\":{\"limit\":10,\"swap\":9}",
        "memory.swap: memory+swap limit should be >= memory limit: expected at least 10 (limit), found 9")]
    [InlineData("\"memory\":{\"swap\":9}", "memory.swap: needs a memory limit")]
    [InlineData("\"memory\":{\"swappiness\":101}", "memory.swappiness: expected 0 to 100, found 101")]
    [InlineData("\"cpu\":{\"quota\":10,\"burst\":11}", "cpu.burst: expected at most 10 (quota), found 11")]
    [InlineData("\"cpu\":{\"period\":999}", "cpu.period: expected 1000 to 1000000, found 999")]
    [InlineData("\"cpu\":{\"period\":1000001}", "cpu.period: expected 1000 to 1000000, found 1000001")]
    [InlineData("\"cpu\":{\"idle\":2}", "cpu.idle: expected 0 or 1, found 2")]
    [InlineData("\"blockIO\":{\"weight\":9}", "blockIO.weight: expected 10 to 1000, found 9")]
    [InlineData("\"blockIO\":{\"leafWeight\":1001}", "blockIO.leafWeight: expected 10 to 1000, found 1001")]
    [InlineData(
        "\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0}]}",
        "blockIO.weightDevice[0]: expected weight or leafWeight")]
    [InlineData(
        "\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":5,\"leafWeight\":6}]}",
        "blockIO.weightDevice[0].weight: expected 10 to 1000, found 5",
        "blockIO.weightDevice[0].leafWeight: expected 10 to 1000, found 6")]
    [InlineData(
        "\"blockIO\":{\"throttleReadBpsDevice\":[{\"rate\":1}]}",
        "blockIO.throttleReadBpsDevice[0].major: missing",
        "blockIO.throttleReadBpsDevice[0].minor: missing")]
    [InlineData(
        "\"blockIO\":{\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":-1}]}",
        "blockIO.throttleWriteIOPSDevice[0].rate: missing",
        "blockIO.throttleWriteIOPSDevice[0].minor: expected 0 to 1048575, found -1")]
    [InlineData("\"hugepageLimits\":[{}]", "hugepageLimits[0].pageSize: missing", "hugepageLimits[0].limit: missing")]
    [InlineData(
        "\"hugepageLimits\":[{\"pageSize\":\"2 MB\",\"limit\":1}]",
        "hugepageLimits[0].pageSize: expected a size like 2MB, found \"2 MB\"")]
    [InlineData(
        "\"hugepageLimits\":[{\"pageSize\":\"02MB\",\"limit\":1}]",
        "hugepageLimits[0].pageSize: expected a size like 2MB, found \"02MB\"")]
    [InlineData(
        "\"network\":{\"priorities\":[{}]}",
        "network.priorities[0].name: missing",
        "network.priorities[0].priority: missing")]
    [InlineData("\"rdma\":{\"mlx5_1\":{}}", "rdma[\"mlx5_1\"]: expected hcaHandles or hcaObjects")]
    [InlineData("\"rdma\":{\"a b\":{\"hcaHandles\":1}}", "rdma[\"a b\"]: expected the name of a device")]
    [InlineData("\"unified\":{\"../x\":\"1\"}", "unified[\"../x\"]: expected the name of a file, without a slash")]
    [InlineData("\"unified\":{\"\":\"1\"}", "unified[\"\"]: expected the name of a file, without a slash")]
    public void Refuses_each_by_its_place(string members, params string[] faults)
    {
        Readings.FaultsOfLinux($"\"resources\":{{{members}}}")
            .Should().Equal(System.Array.ConvertAll(faults, fault => "linux.resources." + fault));
    }

    [Theory]
    [InlineData("")]
    [InlineData(
        "\"devices\":[{\"allow\":false},{\"allow\":true,\"type\":\"\",\"major\":-1,\"minor\":-1,\"access\":\"mwr\"}]")]
    [InlineData("\"memory\":{\"limit\":-1,\"swap\":-1,\"reservation\":0,\"kernel\":0,\"swappiness\":0}")]
    [InlineData("\"memory\":{\"limit\":10,\"swap\":10}")]
    [InlineData("\"memory\":{\"limit\":10,\"swap\":0}")]
    [InlineData("\"memory\":{\"limit\":0,\"swap\":-1}")]
    [InlineData("\"cpu\":{\"quota\":-1,\"burst\":11,\"period\":0,\"shares\":0,\"idle\":1}")]
    [InlineData("\"cpu\":{\"quota\":10,\"burst\":10,\"period\":1000,\"cpus\":\"\",\"mems\":\"\"}")]
    [InlineData(
        "\"blockIO\":{\"weight\":0,\"leafWeight\":10,\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":0}]}")]
    [InlineData("\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":0}]}")]
    [InlineData("\"hugepageLimits\":[{\"pageSize\":\"16GB\",\"limit\":18446744073709551615}]")]
    [InlineData("\"network\":{\"classID\":0,\"priorities\":[{\"name\":\"lo\",\"priority\":0}]}")]
    [InlineData("\"rdma\":{\"mlx5_1\":{\"hcaObjects\":0}}")]
    [InlineData("\"unified\":{\"memory.high\":\"max\"}")]
    [InlineData("\"pids\":{\"limit\":-1}")]
    [InlineData("\"pids\":{}")]
    public void Accepts_the_edges_and_what_engines_mean_by_zero(string members)
    {
        Readings.FaultsOfLinux($"\"resources\":{{{members}}}").Should().BeEmpty();
    }
}

namespace Csrun.Spec.Tests;

/// <summary>What is allowed and surely not meant: said, and no error.</summary>
public sealed class WarningTests
{
    [Fact]
    public void Names_capabilities_that_nobody_knows()
    {
        Readings.WarningsOf(Readings.WithProcess(
            "\"capabilities\":{\"bounding\":[\"CAP_KILL\",\"CAP_TEST\"],\"ambient\":[\"kill\"]}"))
            .Should().Equal(
                "process.capabilities.bounding[1]: no capability is named \"CAP_TEST\"; ignored",
                "process.capabilities.ambient[0]: no capability is named \"kill\"; ignored");
    }

    [Fact]
    public void Names_deprecated_and_discouraged_forms()
    {
        Readings.WarningsOf(Readings.WithTop("""
            "mounts":[{"destination":"data","type":"tmpfs"}],
            "linux":{"namespaces":[{"type":"mount"}],"intelRdt":{"l3CacheSchema":"MB:0=1"},
                "resources":{"memory":{"kernel":1,"kernelTCP":1}}}
            """))
            .Should().Equal(
                "mounts[0].destination: expected an absolute path (relative is deprecated), found \"data\"",
                "linux.intelRdt.l3CacheSchema: expected one line that begins with L3:, found \"MB:0=1\"",
                "linux.resources.memory.kernel: not recommended, and gone from newer kernels",
                "linux.resources.memory.kernelTCP: not recommended");
    }

    [Fact]
    public void Warns_of_nothing_where_nothing_is_asked_for()
    {
        Readings.WarningsOf(Readings.WithTop("""
            "process":{"cwd":"/","args":["a"],"capabilities":{}},
            "linux":{"intelRdt":{"l3CacheSchema":""},"resources":{"memory":{"kernel":0,"kernelTCP":-1}}}
            """))
            .Should().BeEmpty();
    }
}

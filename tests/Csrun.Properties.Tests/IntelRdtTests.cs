using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Properties.Tests;

/// <summary>linux.intelRdt on a host without resctrl; what is done with one is shown by the unit tests.</summary>
public sealed class IntelRdtTests : RuntimeTest
{
    [CsrunFactWithout("/sys/fs/resctrl/schemata")]
    public void Without_resctrl_it_is_refused_by_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["intelRdt"] = new JsonObject { ["l3CacheSchema"] = "L3:0=f" };

        NewContainer(bundle).TryCreate().Exits(1)
            .Stderr.Should().Contain("linux.intelRdt: resctrl is not mounted here");
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }
}

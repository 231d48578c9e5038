using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Properties.Tests;

/// <summary>linux.intelRdt on a host without resctrl; what is done with one is shown by the unit tests.</summary>
public sealed class IntelRdtTests : RuntimeTest
{
    private static bool HasResctrl => File.ReadLines("/proc/self/mountinfo").Any(line => line.Contains(" - resctrl "));

    [CsrunFact]
    public void Without_resctrl_it_is_refused_by_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["intelRdt"] = new JsonObject { ["l3CacheSchema"] = "L3:0=f" };

        RunResult result = NewContainer(bundle).TryCreate();

        (HasResctrl || (result.ExitCode == 1 && result.Stderr.Contains("linux.intelRdt: resctrl is not mounted here")))
            .Should().BeTrue(result.ToString());
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }
}

using Csrun.Linux;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>A test on this machine's own hierarchies; it says why it does not run where it cannot.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        Skip = Kernel.geteuid() == 0 ? null : "making cgroups needs root";
    }
}

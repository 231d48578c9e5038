using Csrun.Reporting;

namespace Csrun.Commands;

/// <summary><c>features</c>: what this program can do, as JSON.</summary>
internal static class FeaturesCommand
{
    public static int Run() => CommandContext.Print([.. FeatureList.ToJson(), (byte)'\n']);
}

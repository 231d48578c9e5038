using Csrun.Startup;

namespace Csrun;

internal static class Program
{
    private static int Main()
    {
        return ProcessEntry.ArgumentCount;
    }
}

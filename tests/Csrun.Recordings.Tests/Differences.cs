namespace Csrun.Recordings.Tests;

/// <summary>A recorded container that ends otherwise under csrun than under Debian's runtime.</summary>
/// <param name="Csrun">How it ends under csrun.</param>
/// <param name="Debian">How it ends under Debian's runtime.</param>
/// <param name="Why">Why csrun is right.</param>
internal sealed record Difference(string Csrun, string Debian, string Why);

/// <summary>Where csrun and Debian's runtimes differ on the recordings, and why that is right.</summary>
internal static class Differences
{
    /// <summary>A difference in exit codes; null where there is none.</summary>
    public static Difference? Ends(string recording)
    {
        return recording switch
        {
            "x" => new Difference("", "", ""),
            _ => null,
        };
    }

    /// <summary>Whether what the program sees is not compared.</summary>
    public static bool InOutput(string recording)
    {
        return recording switch
        {
            // ps shows the host's processes, which come and go.
            "docker/pid-host" => true,
            _ => false,
        };
    }
}

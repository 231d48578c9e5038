namespace Csrun.Recordings.Tests;

/// <summary>
/// The recordings that need what csrun does not do yet: they are refused, and the message names this. A line goes when
/// its property comes.
/// </summary>
internal static class NotYet
{
    /// <summary>What the refusal of a recording names; null where it is not refused.</summary>
    public static string? Refusal(string recording)
    {
        return recording switch
        {
            "ctr/systemd-cgroup" => "--systemd-cgroup",
            _ => null,
        };
    }
}

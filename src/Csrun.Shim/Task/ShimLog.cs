using System;
using System.Globalization;
using System.Text;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>
/// Lines for containerd's log, in the form of its own. A fifo that is full or that nobody reads loses them.
/// </summary>
internal static class ShimLog
{
    private const int StandardError = 2;

    /// <summary>What went wrong and was told to nobody else.</summary>
    public static void Error(string message)
    {
        string line = "time=\"" + DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture)
            + "\" level=error msg=\"csrun shim: "
            + message.Replace("\"", "'", StringComparison.Ordinal).Replace('\n', ' ') + "\"\n";
        _ = Kernel.write(StandardError, Encoding.UTF8.GetBytes(line));
    }
}

using Csrun.Runtime;
using Csrun.Startup;

namespace Csrun.Commands;

/// <summary>The host's ps(1), which knows more of processes than a runtime needs to.</summary>
internal static class HostPs
{
    /// <summary>What it prints.</summary>
    /// <param name="options">Its options; without any <c>-ef</c>.</param>
    /// <exception cref="RuntimeException">There is no ps(1), or it does not like the options.</exception>
    public static string Run(byte[][] options)
    {
        byte[][] arguments = options.Length == 0
            ? ["ps"u8.ToArray(), "-ef"u8.ToArray()]
            : ["ps"u8.ToArray(), .. options];
        string path = HostProgram.Find("ps", CommandContext.EnvironmentValue("PATH="u8) ?? "/usr/bin:/bin")
            ?? throw new RuntimeException("exec: \"ps\": executable file not found in $PATH");
        int code = HostProgram.Run(path, arguments, ProcessEntry.Environment(), out string text);
        return code == 0 ? text : throw new RuntimeException($"ps ended with exit code {code}: {text.TrimEnd('\n')}");
    }
}

using System.Text;

namespace Csrun.CommandLine;

/// <summary>What --version prints.</summary>
internal static class VersionText
{
    /// <summary>The version of the runtime specification that is implemented.</summary>
    internal const string SpecVersion = "1.3.0";

    /// <summary>The text. <paramref name="runDirectory"/> is the directory of the state, which crun tells.</summary>
    internal static string Of(Dialect dialect, string runDirectory) => dialect switch
    {
        Dialect.Runc => $"""
            runc version {BuildInfo.Version}
            commit: {BuildInfo.Commit}
            spec: {SpecVersion}

            """,
        Dialect.Crun => $"""
            crun version {BuildInfo.Version}
            commit: {BuildInfo.Commit}
            rundir: {runDirectory}
            spec: {SpecVersion}
            {Abilities()}

            """,
        _ => $"""
            csrun version {BuildInfo.Version}
            commit: {BuildInfo.Commit}
            spec: {SpecVersion}
            links: .NET {BuildInfo.DotNet} (NativeAOT), libc; statically
            {Abilities()}

            """,
    };

    // crun's words for what a build can do; callers gate on them, so a word stands here only with its feature.
    private static string Abilities()
    {
        (string Word, bool IsTrue)[] table =
        [
            ("SYSTEMD", true),
            ("SELINUX", false),
            ("APPARMOR", false),
            ("CAP", true),
            ("SECCOMP", true),
            ("EBPF", true),
            ("CRIU", true),
        ];
        StringBuilder words = new();
        foreach ((string word, bool isTrue) in table)
        {
            words.Append(!isTrue ? "" : words.Length == 0 ? $"+{word}" : $" +{word}");
        }

        return words.ToString();
    }
}

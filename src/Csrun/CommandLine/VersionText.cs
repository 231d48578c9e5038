namespace Csrun.CommandLine;

/// <summary>What --version prints.</summary>
internal static class VersionText
{
    /// <summary>The version of the runtime specification that is implemented.</summary>
    internal const string SpecVersion = "1.3.0";

    /// <summary>crun's words for what a build can do; callers gate on them.</summary>
    private const string Abilities = "+SYSTEMD +SELINUX +APPARMOR +CAP +SECCOMP +EBPF +CRIU";

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
            {Abilities}

            """,
        _ => $"""
            csrun version {BuildInfo.Version}
            commit: {BuildInfo.Commit}
            spec: {SpecVersion}
            links: .NET {BuildInfo.DotNet} (NativeAOT), libc; statically
            {Abilities}

            """,
    };
}

using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class VersionTests
{
    [Fact]
    public void Is_three_lines_as_runc()
    {
        Argv.Answer("runc --version").Text.Should().Be(
            $"runc version {BuildInfo.Version}\ncommit: {BuildInfo.Commit}\nspec: 1.3.0\n");
    }

    [Fact]
    public void Is_five_lines_as_crun()
    {
        Argv.Answer("crun --version").Text.Should().Be(
            $"crun version {BuildInfo.Version}\ncommit: {BuildInfo.Commit}\nrundir: /run/csrun\nspec: 1.3.0\n"
            + "+SYSTEMD +SELINUX +APPARMOR +CAP +SECCOMP +EBPF +CRIU\n");
    }

    [Fact]
    public void Tells_as_csrun_what_it_is_made_of()
    {
        Argv.Answer("csrun --version").Text.Should().Be(
            $"csrun version {BuildInfo.Version}\ncommit: {BuildInfo.Commit}\nspec: 1.3.0\n"
            + $"links: .NET {BuildInfo.DotNet} (NativeAOT), libc; statically\n"
            + "+SYSTEMD +SELINUX +APPARMOR +CAP +SECCOMP +EBPF +CRIU\n");
    }

    [Fact]
    public void Comes_from_the_build()
    {
        BuildInfo.Version.Should().MatchRegex(@"^\d+\.\d+\.\d+");
        BuildInfo.Commit.Should().MatchRegex("^([0-9a-f]{40}|unknown)$");
    }
}

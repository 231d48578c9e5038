using System.IO;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Attacks.Tests;

/// <summary>
/// A terminal in a container that brings its own /dev/pts, /dev/ptmx or /dev/console (CVE-2025-52565).
/// </summary>
public sealed class TerminalTests : AttackTest
{
    [CsrunTheory]
    [InlineData("link")]
    [InlineData("file")]
    [InlineData("null")]
    public void CVE_2025_52565_A_false_multiplexer_is_refused(string kind)
    {
        Bundle bundle = WithOwnDev(out string dev);
        Directory.CreateDirectory(Path.Combine(dev, "pts"));
        string ptmx = Path.Combine(dev, "pts", "ptmx");
        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(ptmx, "/proc/sysrq-trigger");
                break;
            case "file":
                File.WriteAllText(ptmx, "");
                break;
            default:
                _ = Syscall.mknod(ptmx, FilePermissions.S_IFCHR | FilePermissions.DEFFILEMODE, (1UL << 8) | 3);
                break;
        }

        Create(bundle).Exits(1).Stderr.Should().Contain("ptmx");
    }

    [CsrunFact]
    public void CVE_2025_52565_A_link_at_the_console_leads_nowhere_outside()
    {
        Bundle bundle = WithOwnDev(out string dev);
        Directory.CreateDirectory(Path.Combine(dev, "pts"));
        bundle.Mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666", "mode=0620");
        File.CreateSymbolicLink(Path.Combine(dev, "console"), Path.Combine(Canary, "file"));

        Create(bundle).ExitCode.Should().BeOneOf(0, 1);
    }

    [CsrunFact]
    public void CVE_2025_52565_harmless_The_console_is_the_terminal()
    {
        Bundle bundle = NewBundle().Sh("stat -c %t /dev/console; exit 3");

        Create(bundle).Ok();
    }

    private Bundle WithOwnDev(out string dev)
    {
        Bundle bundle = NewBundle().Sh("exit");
        dev = Path.Combine(Work, "dev");
        Directory.CreateDirectory(dev);
        JsonArray mounts = bundle.Config["mounts"]!.AsArray();
        foreach (string destination in new[] { "/dev/pts", "/dev/shm", "/dev/mqueue" })
        {
            mounts.Remove(bundle.MountAt(destination));
        }

        bundle.Linux["maskedPaths"] = new JsonArray(); // they need /dev/null
        bundle.MountAt("/dev")["type"] = "bind";
        bundle.MountAt("/dev")["source"] = dev;
        bundle.MountAt("/dev")["options"] = new JsonArray("bind");
        return bundle;
    }

    // The terminal itself is of no interest: whoever listens never takes it.
    private RunResult Create(Bundle bundle)
    {
        bundle.Process["terminal"] = true;
        using ConsoleReceiver receiver = new(Path.Combine(Work, "console"));
        return NewContainer(bundle).TryCreate(null, "--console-socket", Path.Combine(Work, "console"));
    }
}

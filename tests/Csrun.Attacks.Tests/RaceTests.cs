using System.IO;

namespace Csrun.Attacks.Tests;

/// <summary>A process beside the create exchanges a directory of the root and a link to / without pause.</summary>
public sealed class RaceTests : AttackTest
{
    [CsrunFact]
    public void CVE_2021_30465_A_mount_on_a_swapped_directory_stays_inside()
    {
        Bundle bundle = NewBundle().Sh("cat /seen/marker 2>/dev/null; true");
        Directory.CreateDirectory(In(bundle, "volume", "a"));
        Directory.CreateDirectory(In(bundle, "seen"));
        File.CreateSymbolicLink(In(bundle, "volume", "b"), Work);
        File.WriteAllText(Path.Combine(Work, "marker"), "of the host");
        bundle.Mount("/volume/a", "tmpfs", "tmpfs", "nosuid").Mount("/volume/a/deeper", "tmpfs", "tmpfs").Save();

        int rounds = WhileSwapping(In(bundle, "volume", "a"), In(bundle, "volume", "b"), () =>
            Run(bundle).Stdout.Should().BeEmpty());

        rounds.Should().BeGreaterThan(FewRounds);
        Directory.Exists(Path.Combine(Work, "deeper")).Should().BeFalse();
    }

    [CsrunFact]
    public void CVE_2024_45310_Mount_points_are_not_made_through_a_swapped_parent()
    {
        Bundle bundle = NewBundle().Sh("exit");
        Directory.CreateDirectory(In(bundle, "volume", "a"));
        File.CreateSymbolicLink(In(bundle, "volume", "b"), Canary);
        Directory.CreateDirectory(Path.Combine(Work, "source"));
        bundle.Mount("/volume/a/x/y/z", "bind", Path.Combine(Work, "source"), "bind")
            .Mount("/volume/a/file", "bind", "/etc/hostname", "bind").Save();

        // What is made in the root for the link goes to the root's own path of that name; the invariant watches the
        // canary.
        int rounds = WhileSwapping(In(bundle, "volume", "a"), In(bundle, "volume", "b"), () => Run(bundle));

        rounds.Should().BeGreaterThan(FewRounds);
    }

    [CsrunFact]
    public void GHSA_3q8j_pf29_vwv8_No_bind_for_a_read_only_path_is_ever_writable()
    {
        // Whoever renames the directory takes the mount along with it; what must not be is a bind left as it was.
        Bundle bundle = NewBundle().WritableRoot()
            .Sh("grep -E ' /(volume|elsewhere)[^ ]* rw' /proc/self/mountinfo; true");
        Directory.CreateDirectory(In(bundle, "volume", "a"));
        Directory.CreateDirectory(In(bundle, "elsewhere"));
        File.CreateSymbolicLink(In(bundle, "volume", "b"), "/elsewhere");
        bundle.Linux["readonlyPaths"]!.AsArray().Add("/volume/a");
        bundle.Save();

        int rounds = WhileSwapping(In(bundle, "volume", "a"), In(bundle, "volume", "b"), () =>
            Run(bundle).Stdout.Should().BeEmpty());

        rounds.Should().BeGreaterThan(FewRounds);
    }

    [CsrunFact]
    public void GHSA_3q8j_pf29_vwv8_harmless_A_read_only_path_takes_no_writing()
    {
        Bundle bundle = NewBundle().WritableRoot();
        Directory.CreateDirectory(In(bundle, "volume"));
        bundle.Linux["readonlyPaths"]!.AsArray().Add("/volume");

        Inside(bundle, "echo x > /volume/file || echo refused").Should().Be("refused");
    }

    [CsrunFact]
    public void CVE_2025_31133_A_swapped_null_device_unmasks_nothing()
    {
        Bundle bundle = NewBundle().Sh("cat /proc/keys /proc/timer_list");
        string shared = Path.Combine(Work, "shared-dev");
        foreach (string name in new[] { "pts", "shm", "mqueue" })
        {
            Directory.CreateDirectory(Path.Combine(shared, name));
        }

        Run(NewBundle().Mount("/mnt", "bind", shared, "bind").Capabilities("CAP_MKNOD").Sh("mknod /mnt/null c 1 3"))
            .Ok();
        File.CreateSymbolicLink(Path.Combine(shared, "other"), Path.Combine(Canary, "file"));
        bundle.MountAt("/dev")["type"] = "bind";
        bundle.MountAt("/dev")["source"] = shared;
        bundle.MountAt("/dev")["options"] = new System.Text.Json.Nodes.JsonArray("bind");
        bundle.Save();

        int rounds = WhileSwapping(Path.Combine(shared, "null"), Path.Combine(shared, "other"), () =>
            Run(bundle).Stdout.Should().BeEmpty());

        rounds.Should().BeGreaterThan(FewRounds);
    }

    [CsrunFact]
    public void A_device_node_swapped_for_a_link_changes_no_file_of_the_host()
    {
        // mode and owner of a node that is there already: chmod by name would follow the link
        Bundle bundle = NewBundle().WritableRoot().Sh("exit");
        foreach (string destination in new[] { "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue" })
        {
            bundle.Config["mounts"]!.AsArray().Remove(bundle.MountAt(destination));
        }

        Run(bundle).Ok();
        File.CreateSymbolicLink(In(bundle, "dev", "other"), Path.Combine(Canary, "directory", "secret"));

        // strace holds each chmod back: what lies between the look and the act is then milliseconds wide.
        int rounds = WhileSwapping(In(bundle, "dev", "zero"), In(bundle, "dev", "other"), () =>
            Programs.Run(
                new RunOptions(),
                "strace",
                ["-f", "-qq", "-o", "/dev/null", "-e", "inject=fchmodat:delay_enter=3000", Runtime.Path,
                    "--root", StateRoot,
                    "run", "--bundle", bundle.Path, NewId()]).ExitCode.Should().BeOneOf(0, 1));

        rounds.Should().BeGreaterThan(FewRounds);
    }
}

using System.IO;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Attacks.Tests;

/// <summary>Images that hold links where the runtime mounts, makes and writes.</summary>
public sealed class ImageTests : AttackTest
{
    [RootTheory]
    [InlineData("proc", "/tmp")]
    [InlineData("proc", "tmp")]
    [InlineData("proc", "sys/../tmp")]
    [InlineData("proc", "/nowhere")]
    [InlineData("sys", "/tmp")]
    [InlineData("sys", "../../tmp")]
    public void CVE_2019_19921_CVE_2023_27561_Proc_and_sys_are_no_links(string name, string target)
    {
        Bundle bundle = NewBundle();
        ReplaceByLink(In(bundle, name), target);

        Run(bundle.Sh("echo escaped")).Exits(1).Stderr.Should().Contain("must be mounted on ordinary directory");
    }

    [RootFact]
    public void CVE_2019_19921_harmless_A_missing_proc_is_made()
    {
        Bundle bundle = NewBundle();
        Directory.Delete(In(bundle, "proc"));

        Inside(bundle, "cat /proc/self/comm").Should().Be("cat");
    }

    [CsrunTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void CVE_2019_18837_CVE_2024_45310_Mount_points_are_made_below_the_root_only(bool asFile)
    {
        Bundle bundle = NewBundle();
        File.CreateSymbolicLink(In(bundle, "out"), Canary);
        File.CreateSymbolicLink(In(bundle, "up"), "../../../../../../../.." + Canary);
        string source = asFile ? "/etc/hostname" : Path.Combine(Work, "source");
        Directory.CreateDirectory(Path.Combine(Work, "source"));
        bundle.Mount("/out/made", "bind", source, "bind").Mount("/up/deeper/made", "bind", source, "bind");

        Inside(bundle, $"[ -e {Canary}/made ] && [ -e {Canary}/deeper/made ] && echo inside").Should().Be("inside");
    }

    [CsrunFact]
    public void CVE_2019_18837_Parents_of_the_root_are_the_root()
    {
        Directory.CreateDirectory(Path.Combine(Work, "source"));
        Bundle bundle = NewBundle().Mount("/../../../made", "bind", Path.Combine(Work, "source"), "bind");

        Inside(bundle, "[ -d /made ] && echo inside").Should().Be("inside");
    }

    [CsrunTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void CVE_2026_41579_CVE_2026_47766_A_linked_dev_makes_nothing_on_the_host(bool withDevMount)
    {
        Bundle bundle = NewBundle().WritableRoot().Capabilities("CAP_MKNOD");
        if (!withDevMount)
        {
            WithoutMounts(bundle, "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue");
        }

        ReplaceByLink(In(bundle, "dev"), Canary);

        // Whether it is refused or made inside the root is the runtime's choice; the invariant watches the canary.
        Run(bundle.Sh("echo ran")).ExitCode.Should().BeOneOf(0, 1);
    }

    [CsrunFact]
    public void CVE_2026_41579_harmless_A_dev_without_mounts_gets_its_nodes()
    {
        Bundle bundle = NewBundle().WritableRoot();
        WithoutMounts(bundle, "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue");
        File.WriteAllText(In(bundle, "dev", "ptmx"), "");

        Inside(bundle, "[ -c /dev/null ] && readlink /dev/ptmx").Should().Be("pts/ptmx");
    }

    [CsrunFact]
    public void CVE_2025_24965_A_link_at_a_device_is_not_followed()
    {
        Bundle bundle = NewBundle().WritableRoot();
        WithoutMounts(bundle, "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue");
        File.CreateSymbolicLink(In(bundle, "dev", "zero"), Path.Combine(Canary, "file"));

        Run(bundle.Sh("echo ran")).Exits(1).Stderr.Should().Contain("/dev/zero");
    }

    [CsrunFact]
    public void A_hard_link_of_a_host_file_at_a_device_is_refused_and_unchanged()
    {
        Bundle bundle = NewBundle().WritableRoot();
        WithoutMounts(bundle, "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue");
        _ = Syscall.link(Path.Combine(Canary, "directory", "secret"), In(bundle, "dev", "zero"));

        Run(bundle.Sh("echo ran")).Exits(1).Stderr.Should().Contain("/dev/zero");
    }

    [CsrunFact]
    public void CVE_2016_3697_A_user_name_of_digits_in_the_image_changes_nothing()
    {
        Bundle bundle = NewBundle().User(1000, 1000);
        File.WriteAllText(In(bundle, "etc", "passwd"), "1000:x:0:0::/:/bin/sh\n");

        Inside(bundle, "id -u").Should().Be("1000");
    }

    [CsrunTheory]
    [InlineData("link")]
    [InlineData("file")]
    [InlineData("other device")]
    public void CVE_2025_31133_What_masks_is_the_null_device(string kind)
    {
        Bundle bundle = NewBundle().Sh("cat /proc/keys; echo ran");
        string shared = Path.Combine(Work, "shared-dev");
        Directory.CreateDirectory(Path.Combine(shared, "pts"));
        Directory.CreateDirectory(Path.Combine(shared, "shm"));
        Directory.CreateDirectory(Path.Combine(shared, "mqueue"));
        Plant(kind, Path.Combine(shared, "null"));
        JsonObject dev = bundle.MountAt("/dev");
        dev["type"] = "bind";
        dev["source"] = shared;
        dev["options"] = new JsonArray("bind");

        Run(bundle).Exits(1).Stderr.Should().Contain("/dev/null");
    }

    [CsrunFact]
    public void CVE_2025_31133_harmless_Masked_files_are_empty_and_take_no_writing()
    {
        Inside(NewBundle(), "cat /proc/keys | wc -c; echo x > /proc/keys; cat /proc/keys | wc -c").Should().Be("0\n0");
    }

    private static void Plant(string kind, string path)
    {
        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(path, "/proc/sys/kernel/core_pattern");
                break;
            case "file":
                File.WriteAllText(path, "");
                break;
            default:
                _ = Syscall.mknod(path, FilePermissions.S_IFCHR | FilePermissions.DEFFILEMODE, (1UL << 8) | 5);
                break;
        }
    }

    private static void WithoutMounts(Bundle bundle, params string[] destinations)
    {
        foreach (string destination in destinations)
        {
            bundle.Config["mounts"]!.AsArray().Remove(bundle.MountAt(destination));
        }
    }
}

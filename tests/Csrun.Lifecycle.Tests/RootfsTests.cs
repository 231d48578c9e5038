using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>The root filesystem, its mounts, and the paths that are hidden or protected.</summary>
public sealed class RootfsTests : RuntimeTest
{
    private const string RootsPropagation =
        "awk '$5==\"/\" {for (i=7; $i!=\"-\"; i++) printf \"%s\", $i}' /proc/self/mountinfo";

    [RootFact]
    public void Is_read_only_when_asked()
    {
        Inside(NewBundle(), "touch /new 2>&1; awk '$5==\"/\" {print $6}' /proc/self/mountinfo")
            .Should().Contain("Read-only file system").And.MatchRegex("\nro");
    }

    [RootFact]
    public void Is_writable_otherwise_and_the_host_sees_it()
    {
        Bundle bundle = NewBundle().WritableRoot();

        Inside(bundle, "echo written > /new");

        File.ReadAllText(Path.Combine(bundle.Rootfs, "new")).Should().Be("written\n");
    }

    [RootFact]
    public void Shows_nothing_of_the_hosts_tree()
    {
        File.WriteAllText(Path.Combine(Work, "marker"), "of the host");

        Inside(NewBundle(), $"ls {Work} 2>&1; ls /../../.. | tr '\\n' ' '")
            .Should().Contain("No such file or directory")
            .And.EndWith("bin dev etc home mnt proc root run sbin sys tmp usr var ");
    }

    [RootFact]
    public void Has_the_mounts_of_the_default_config()
    {
        string[] mounts = Inside(NewBundle(), "awk '{print $5, $9, $10}' /proc/self/mountinfo | sed 's/ - / /'")
            .Split('\n');
        string[] places = [.. mounts.Select(line => line.Split(' ')[0])];

        places
            .Should().Contain(["/", "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup"]);
    }

    [RootTheory]
    [InlineData("/proc", "rw")]
    [InlineData("/dev", "nosuid")]
    [InlineData("/dev/shm", "nosuid,nodev,noexec")]
    [InlineData("/dev/mqueue", "nosuid,nodev,noexec")]
    [InlineData("/sys", "ro,nosuid,nodev,noexec")]
    public void Mounts_with_its_flags(string destination, string flags)
    {
        string[] seen = Inside(NewBundle(), $"awk '$5==\"{destination}\" {{print $6}}' /proc/self/mountinfo")
            .Split(',');

        seen.Should().Contain(flags.Split(','));
    }

    [RootFact]
    public void Gives_a_tmpfs_its_size_and_mode()
    {
        // runc 1.1 keeps the mode of a directory that is there
        Bundle bundle = NewBundle().Mount("/mnt/new", "tmpfs", "tmpfs", "nosuid", "size=1m", "mode=1750");

        Inside(bundle, "stat -c %a /mnt/new; grep ' /mnt/new ' /proc/self/mounts")
            .Should().StartWith("1750\n").And.Contain("size=1024k").And.Contain("nosuid");
    }

    [RootFact]
    public void Binds_a_directory_of_the_host()
    {
        Directory.CreateDirectory(Path.Combine(Work, "shared"));
        File.WriteAllText(Path.Combine(Work, "shared", "file"), "seen");
        Bundle bundle = NewBundle().Mount("/mnt", "bind", Path.Combine(Work, "shared"), "rbind", "rw");

        Inside(bundle, "cat /mnt/file; echo back > /mnt/answer").Should().Be("seen");

        File.ReadAllText(Path.Combine(Work, "shared", "answer")).Should().Be("back\n");
    }

    [RootFact]
    public void Binds_a_directory_read_only()
    {
        Bundle bundle = NewBundle().Mount("/mnt", "bind", Canary, "rbind", "ro", "nosuid", "nodev", "noexec");

        Inside(
            bundle,
            "cat /mnt/file; touch /mnt/new 2>&1; touch /mnt/file 2>&1; awk '$5==\"/mnt\" {print $6}' "
                + "/proc/self/mountinfo")
            .Should().StartWith("untouched\n").And.Contain("Read-only file system")
            .And.Contain("ro,nosuid,nodev,noexec");
    }

    [RootFact]
    public void Binds_a_single_file_and_makes_its_target()
    {
        File.WriteAllText(Path.Combine(Work, "resolv.conf"), "nameserver 192.0.2.1\n");
        Bundle bundle = NewBundle().WritableRoot()
            .Mount("/etc/made/resolv.conf", "bind", Path.Combine(Work, "resolv.conf"), "bind");

        Inside(bundle, "cat /etc/made/resolv.conf").Should().Be("nameserver 192.0.2.1");
    }

    [RootFact]
    public void Follows_a_link_in_the_containers_tree_inside_of_it()
    {
        Bundle bundle = NewBundle().WritableRoot();
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "data"), Canary);
        bundle.Mount("/data/directory", "tmpfs", "tmpfs");

        Inside(bundle, $"touch /data/directory/inside && ls {Canary}/directory").Should().Be("inside");
    }

    [RootTheory]
    [InlineData("proc", "/proc")]
    [InlineData("sys", "/sys")]
    public void Refuses_a_link_where_proc_or_sys_go(string name, string destination)
    {
        Bundle bundle = NewBundle();
        Directory.Delete(Path.Combine(bundle.Rootfs, name));
        Directory.CreateSymbolicLink(Path.Combine(bundle.Rootfs, name), "/tmp");

        RunResult result = Run(bundle.Args("/bin/true")).Exits(1);

        result.Stderr.Should().Contain("must be mounted on ordinary directory").And.Contain(destination);
    }

    [RootFact]
    public void Hides_masked_paths()
    {
        Bundle bundle = NewBundle();
        Directory.CreateDirectory(Path.Combine(bundle.Rootfs, "hidden"));
        File.WriteAllText(Path.Combine(bundle.Rootfs, "hidden", "inside"), "secret");
        File.WriteAllText(Path.Combine(bundle.Rootfs, "etc", "secret"), "secret");
        bundle.Linux["maskedPaths"] = new JsonArray("/hidden", "/etc/secret", "/not/there", "/proc/timer_list");

        Inside(bundle, "ls /hidden; cat /etc/secret; cat /proc/timer_list; touch /hidden/x 2>&1; true")
            .Should().Contain("Read-only").And.NotContain("secret\n");
    }

    [RootFact]
    public void Protects_read_only_paths()
    {
        Bundle bundle = NewBundle().WritableRoot();
        bundle.Linux["readonlyPaths"] = new JsonArray("/etc", "/not/there", "/proc/sys");

        Inside(bundle, "touch /etc/x 2>&1; echo x > /proc/sys/kernel/domainname; touch /tmp/x && echo elsewhere fine")
            .Should().Contain("/etc/x: Read-only file system").And.EndWith("elsewhere fine");
    }

    [RootFact]
    public void Propagates_nothing_to_the_host()
    {
        Bundle bundle = NewBundle().Capabilities("CAP_SYS_ADMIN").Mount("/mnt", "bind", Work, "rbind", "rw");

        Inside(bundle, "mount -t tmpfs escaped /mnt && mount | grep -c escaped").Should().Be("1");
    }

    [RootFact]
    public void Takes_an_absolute_root_outside_of_the_bundle()
    {
        Bundle one = NewBundle();
        Bundle other = NewBundle();
        File.WriteAllText(Path.Combine(other.Rootfs, "which"), "the other");
        one.Config["root"]!["path"] = other.Rootfs;

        Inside(one, "cat /which").Should().Be("the other");
    }

    [RootFact]
    public void Works_on_a_root_that_is_a_mount_of_its_own()
    {
        Bundle bundle = NewBundle();
        string merged = Path.Combine(bundle.Path, "merged");
        foreach (string directory in new[] { "merged", "upper", "work" })
        {
            Directory.CreateDirectory(Path.Combine(bundle.Path, directory));
        }

        bundle.WritableRoot().Config["root"]!["path"] = merged;
        string options = $"lowerdir={bundle.Rootfs},upperdir={bundle.Path}/upper,workdir={bundle.Path}/work";
        Programs.Run("mount", "-t", "overlay", "overlay", "-o", options, merged);
        try
        {
            Inside(bundle, "touch /new; awk '$5==\"/\"' /proc/self/mountinfo").Should().Contain("overlay");
        }
        finally
        {
            Programs.Run("umount", merged);
        }

        File.Exists(Path.Combine(bundle.Path, "upper", "new")).Should().BeTrue();
    }

    [RootTheory]
    [InlineData("private")]
    [InlineData("slave")]
    [InlineData("rprivate")]
    public void Shares_the_root_with_nobody_unless_asked(string propagation)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["rootfsPropagation"] = propagation;

        Inside(bundle, RootsPropagation).Should().NotContain("shared");
    }

    [CsrunFact] // runc 1.1 binds the root after it has made it unbindable, and fails
    public void Makes_the_root_unbindable_when_asked()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["rootfsPropagation"] = "unbindable";

        Inside(bundle, RootsPropagation).Should().Be("unbindable");
    }

    [CsrunFact] // runc 1.1 forgets it for a root that is no mount yet
    public void Shares_the_root_when_asked()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["rootfsPropagation"] = "shared";

        Inside(bundle, RootsPropagation).Should().StartWith("shared:");
    }
}

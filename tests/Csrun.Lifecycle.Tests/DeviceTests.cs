using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>/dev, and which devices may be used.</summary>
public sealed class DeviceTests : RuntimeTest
{
    [RootFact]
    public void Has_the_default_devices_usable_by_all()
    {
        Inside(
            NewBundle().User(1000, 1000),
            "cd /dev; for d in null zero full random urandom tty; do stat -c '%n %F %a %t:%T %u:%g' $d; done")
            .Split('\n').Should().Equal(
                "null character special file 666 1:3 0:0",
                "zero character special file 666 1:5 0:0",
                "full character special file 666 1:7 0:0",
                "random character special file 666 1:8 0:0",
                "urandom character special file 666 1:9 0:0",
                "tty character special file 666 5:0 0:0");
    }

    [RootFact]
    public void Has_the_usual_links()
    {
        Inside(NewBundle(), "cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done").Split('\n')
            .Should().Equal("/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "pts/ptmx");
    }

    [RootFact]
    public void Has_nothing_else_in_dev()
    {
        Inside(NewBundle(), "ls /dev | grep -v '^core$' | tr '\\n' ' '").TrimEnd()
            .Should().Be("fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero");
    }

    [RootFact]
    public void Lets_the_default_devices_work()
    {
        Inside(
            NewBundle(),
            "echo x > /dev/null; head -c 3 /dev/zero | od -An -tx1; head -c 8 /dev/urandom | wc -c; echo x 2>&1 > "
                + "/dev/full || echo full")
            .Should().Contain("00 00 00").And.Contain("\n8\n").And.EndWith("full");
    }

    [RootFact]
    public void Refuses_a_device_that_no_rule_allows()
    {
        Bundle bundle = NewBundle().Capabilities("CAP_MKNOD", "CAP_DAC_OVERRIDE")
            .Mount("/mnt", "tmpfs", "tmpfs", "dev");
        bundle.Process["noNewPrivileges"] = false;

        Inside(
            bundle,
            "mknod /mnt/disk b 254 0 2>&1; cat /mnt/disk 2>&1 | head -c 100; mknod /mnt/null c 1 3 && cat /mnt/null && "
                + "echo null works")
            .Should().Contain("not permitted").And.EndWith("null works");
    }

    [RootFact]
    public void Allows_a_device_by_rule()
    {
        Bundle bundle = NewBundle().Capabilities("CAP_MKNOD", "CAP_DAC_OVERRIDE")
            .Mount("/mnt", "tmpfs", "tmpfs", "dev");
        bundle.Resources["devices"] = new JsonArray(
            new JsonObject { ["allow"] = false, ["access"] = "rwm" },
            new JsonObject { ["allow"] = true, ["type"] = "c", ["major"] = 10, ["minor"] = 237, ["access"] = "rwm" });

        Inside(bundle, "mknod /mnt/loop c 10 237 && : < /mnt/loop && echo open").Should().Be("open");
    }

    [RootFact]
    public void Makes_the_devices_that_were_asked_for()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["devices"] = new JsonArray(
            new JsonObject
            {
                ["path"] = "/dev/mine/kmsg",
                ["type"] = "c",
                ["major"] = 1,
                ["minor"] = 11,
                ["fileMode"] = 416,
                ["uid"] = 3,
                ["gid"] = 4,
            },
            new JsonObject { ["path"] = "/dev/queue", ["type"] = "p", ["fileMode"] = 384 });

        Inside(bundle, "stat -c '%F %a %t:%T %u:%g' /dev/mine/kmsg /dev/queue").Split('\n')
            .Should().Equal("character special file 640 1:b 3:4", "fifo 600 0:0 0:0");
    }

    [RootFact]
    public void Leaves_the_owner_of_the_hosts_dev_null_alone()
    {
        using FileStream nothing = File.OpenRead("/dev/null");
        RunOptions options = new() { StdinFd = (int)nothing.SafeFileHandle.DangerousGetHandle() };

        Run(NewBundle().Args("/bin/true"), options).Ok();
    }

    [CsrunFact]
    public void Leaves_the_owner_of_the_hosts_dev_null_alone_for_another_user()
    {
        using FileStream nothing = File.OpenRead("/dev/null");
        RunOptions options = new() { StdinFd = (int)nothing.SafeFileHandle.DangerousGetHandle() };

        Run(NewBundle().User(1000, 1000).Args("/bin/true"), options).Ok();
    }
}

using System;
using System.Linq;
using Csrun.Checkpoint.Messages;
using Csrun.Spec;
using Google.Protobuf;

namespace Csrun.Checkpoint.Tests;

/// <summary>What criu is asked, from the command line and the container.</summary>
public sealed class CriuRequestsTests
{
    private static readonly CheckpointOptions s_plain = new() { ImagePath = "/images" };
    private static readonly string[] s_streams = ["/dev/null", "pipe:[7]", "pipe:[7]"];
    private static readonly Plan s_plan = Plans.With("""{"type":"mount"},{"type":"pid"}""");

    [Fact]
    public void A_plain_dump_is_runcs()
    {
        CriuRequest request = CriuRequests.Dump(42, s_plan, s_plain, s_streams, [("/run/data", "/data")]);

        request.Type.Should().Be(CriuTask.Dump);
        CriuOptions options = request.Opts;
        options.Pid.Should().Be(42);
        options.Root.Should().Be("/bundle/rootfs");
        (options.LogFile, options.LogLevel).Should().Be(("dump.log", 4));
        (options.NotifyScripts, options.OrphanPtsMaster, options.ManageCgroups).Should().Be((true, true, true));
        options.ManageCgroupsMode.Should().Be(CgroupMode.Soft);
        options.ExtMnt.Should().ContainSingle().Which.Should().Be(new Pair { Key = "/run/data", Val = "/data" });
        options.External.Should().BeEmpty("a pipe is saved");
        options.HasParentImg.Should().BeFalse();
        options.HasNetworkLock.Should().BeFalse();
        options.Ps.Should().BeNull();
        (options.LeaveRunning, options.TcpEstablished, options.ExtUnixSk, options.ShellJob, options.FileLocks)
            .Should().Be((false, false, false, false, false));
        options.EmptyNs.Should().Be(0);
    }

    [Fact]
    public void Each_flag_of_a_dump_has_its_field()
    {
        CheckpointOptions all = s_plain with
        {
            ParentPath = "../before",
            LeaveRunning = true,
            TcpEstablished = true,
            TcpSkipInFlight = true,
            ExternalUnixSockets = true,
            ShellJob = true,
            FileLocks = true,
            LinkRemap = true,
            AutoDedup = true,
            LazyPages = true,
            PageServer = new PageServer("::1", 27277),
            EmptyNetwork = true,
            ManageCgroupsMode = "ignore",
            NetworkLock = "nftables",
        };

        CriuOptions options = CriuRequests.Dump(42, s_plan, all, s_streams, []).Opts;

        (options.ParentImg, options.TrackMem).Should().Be(("../before", true));
        bool[] switches =
        [
            options.LeaveRunning, options.TcpEstablished, options.TcpSkipInFlight, options.ExtUnixSk, options.ShellJob,
            options.FileLocks, options.LinkRemap, options.AutoDedup, options.LazyPages,
        ];
        switches.Should().OnlyContain(on => on);
        options.EmptyNs.Should().Be(0x40000000);
        (options.HasManageCgroupsMode, options.ManageCgroupsMode).Should().Be((true, CgroupMode.Ignore));
        options.NetworkLock.Should().Be(NetworkLock.Nftables);
        options.Ps.Should().Be(new Numbered { Key = "::1", Number = 27277 });
    }

    [Fact]
    public void A_pre_dump_saves_memory_only()
    {
        CriuRequest request = CriuRequests.Dump(
            42, s_plan, s_plain with { PreDump = true }, ["file[1:2]", "", ""], [("/data", "/data")]);

        request.Type.Should().Be(CriuTask.PreDump);
        request.Opts.TrackMem.Should().BeTrue();
        request.Opts.ExtMnt.Should().BeEmpty();
        request.Opts.External.Should().BeEmpty();
    }

    [Fact]
    public void Files_and_terminals_of_the_outside_are_named_once()
    {
        CriuRequests.Dump(1, s_plan, s_plain, ["tty[8803:17]", "file[1a:2b]", "file[1a:2b]"], []).Opts.External
            .Should().Equal("tty[8803:17]", "file[1a:2b]");
    }

    [Fact]
    public void A_restore_hands_over_streams_and_mounts()
    {
        CriuRequest request = CriuRequests.Restore(
            s_plan,
            s_plain with { LazyPages = true, TcpClose = true, LsmProfile = "apparmor:web", LsmMountContext = "c" },
            "/run/csrun/web/root",
            ["/dev/null", "pipe:[7]", "pipe:[7]"],
            [new OutsideMount("/data", "/srv/data")]);

        request.Type.Should().Be(CriuTask.Restore);
        CriuOptions options = request.Opts;
        (options.Root, options.LogFile, options.RstSibling).Should().Be(("/run/csrun/web/root", "restore.log", true));
        options.ExtMnt.Should().Equal(new Pair { Key = "/data", Val = "/srv/data" });
        options.InheritFd.Should().Equal(new Numbered { Key = "pipe:[7]", Number = 5 });
        (options.TcpClose, options.LsmProfile, options.LsmMountContext).Should().Be((true, "apparmor:web", "c"));
        options.LazyPages.Should().BeTrue();
        options.HasPid.Should().BeFalse();
    }

    [Theory]
    [InlineData("", "/etc/criu/runc.conf")]
    [InlineData(""","annotations":{"org.criu.config":"/etc/mine.conf"}""", "/etc/mine.conf")]
    [InlineData(""","annotations":{"org.criu.config":""}""", "")]
    public void An_annotation_names_criu_s_configuration(string annotations, string file)
    {
        CriuOptions options = CriuRequests.Dump(1, Plans.With("", annotations), s_plain, s_streams, []).Opts;

        options.ConfigFile.Should().Be(file);
        options.HasConfigFile.Should().Be(file.Length != 0);
    }

    /// <summary>Fields that criu declares as required are written even where they are zero.</summary>
    [Fact]
    public void Zeros_that_criu_requires_are_in_the_message()
    {
        new CriuOptions { ImagesDirFd = 0 }.ToByteArray().Should().Equal(8, 0);
        new Numbered { Key = "k", Number = 0 }.ToByteArray().Should().Equal(0x0a, 1, (byte)'k', 0x10, 0);
        new CriuRequest { Type = CriuTask.Notify, NotifySuccess = true }.ToByteArray().Should().Equal(8, 6, 24, 1);
    }

    /// <summary>criu's published numbers (rpc.proto of 3.17).</summary>
    [Fact]
    public void Fields_have_criu_s_numbers()
    {
        (int Number, string Name)[] fields =
        [
            (1, "images_dir_fd"), (2, "pid"), (3, "leave_running"), (4, "ext_unix_sk"), (5, "tcp_established"),
            (6, "evasive_devices"), (7, "shell_job"), (8, "file_locks"), (9, "log_level"), (10, "log_file"),
            (11, "ps"), (12, "notify_scripts"), (13, "root"), (14, "parent_img"), (15, "track_mem"), (16, "auto_dedup"),
            (17, "work_dir_fd"), (18, "link_remap"), (23, "ext_mnt"), (24, "manage_cgroups"), (25, "cg_root"),
            (26, "rst_sibling"), (27, "inherit_fd"), (34, "manage_cgroups_mode"), (37, "external"), (38, "empty_ns"),
            (39, "join_ns"), (44, "freeze_cgroup"), (46, "tcp_skip_in_flight"), (48, "lazy_pages"),
            (50, "orphan_pts_master"), (51, "config_file"), (52, "tcp_close"), (53, "lsm_profile"), (60, "cgroup_yard"),
            (63, "lsm_mount_context"), (64, "network_lock"),
        ];

        CriuOptions.Descriptor.Fields.InDeclarationOrder().Select(field => (field.FieldNumber, field.Name))
            .Should().Equal(fields);
        Enum.GetValues<CriuTask>().Select(task => (int)task).Should().Equal(0, 1, 2, 4, 6);
        Enum.GetValues<CgroupMode>().Select(mode => (int)mode).Should().Equal(0, 3, 4, 5);
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Csrun.Spec.Tests;

/// <summary>mounts: what each option does, alone and together.</summary>
public sealed class MountPlannerTests
{
    private const ulong Readonly = 0x1;
    private const ulong NoSuid = 0x2;
    private const ulong NoDev = 0x4;
    private const ulong NoExec = 0x8;
    private const ulong NoAtime = 0x10;
    private const ulong StrictAtime = 0x20;
    private const ulong AtimeClass = 0x70;
    private const ulong NoDirAtime = 0x80;
    private const ulong NoSymFollow = 0x20_0000;
    private const ulong Recursive = 0x4000;

    private static readonly string[] s_links = ["copy-symlink", "src-nofollow", "dest-nofollow"];

    /// <summary>Option, MOUNT_ATTR_* set on a bind mount, those cleared there. (mount_setattr(2), mount(8))</summary>
    public static TheoryData<string, ulong, ulong> Attributes => new()
    {
        { "ro", Readonly, 0 }, { "rw", 0, Readonly },
        { "nosuid", NoSuid, 0 }, { "suid", 0, NoSuid },
        { "nodev", NoDev, 0 }, { "dev", 0, NoDev },
        { "noexec", NoExec, 0 }, { "exec", 0, NoExec },
        { "nodiratime", NoDirAtime, 0 }, { "diratime", 0, NoDirAtime },
        { "nosymfollow", NoSymFollow, 0 }, { "symfollow", 0, NoSymFollow },
        { "noatime", NoAtime, AtimeClass }, { "atime", 0, AtimeClass },
        { "strictatime", StrictAtime, AtimeClass }, { "nostrictatime", 0, AtimeClass },
        { "relatime", 0, AtimeClass }, { "norelatime", 0, AtimeClass },
        { "defaults", 0, 0 },
    };

    /// <summary>Option, MOUNT_ATTR_* set on the whole tree, those cleared there.</summary>
    public static TheoryData<string, ulong, ulong> RecursiveAttributes => new()
    {
        { "rro", Readonly, 0 }, { "rrw", 0, Readonly },
        { "rnosuid", NoSuid, 0 }, { "rsuid", 0, NoSuid },
        { "rnodev", NoDev, 0 }, { "rdev", 0, NoDev },
        { "rnoexec", NoExec, 0 }, { "rexec", 0, NoExec },
        { "rnodiratime", NoDirAtime, 0 }, { "rdiratime", 0, NoDirAtime },
        { "rnosymfollow", NoSymFollow, 0 }, { "rsymfollow", 0, NoSymFollow },
        { "rnoatime", NoAtime, AtimeClass }, { "ratime", 0, AtimeClass },
        { "rstrictatime", StrictAtime, AtimeClass }, { "rnostrictatime", 0, AtimeClass },
        { "rrelatime", 0, AtimeClass }, { "rnorelatime", 0, AtimeClass },
    };

    public static TheoryData<string, ulong> Propagations => new()
    {
        { "private", 0x4_0000 }, { "slave", 0x8_0000 }, { "shared", 0x10_0000 }, { "unbindable", 0x2_0000 },
        { "rprivate", 0x4_0000 | Recursive }, { "rslave", 0x8_0000 | Recursive },
        { "rshared", 0x10_0000 | Recursive }, { "runbindable", 0x2_0000 | Recursive },
    };

    [Theory]
    [MemberData(nameof(Attributes))]
    public void Changes_the_attributes_of_a_bind_mount(string option, ulong set, ulong clear)
    {
        MountPlan plan = Bind(option);

        (plan.SetAttributes, plan.ClearAttributes).Should().Be((set, clear));
        (plan.RecursiveSetAttributes, plan.RecursiveClearAttributes).Should().Be((0, 0));
        plan.Data.Should().BeEmpty();
        plan.SuperblockFlags.Should().BeEmpty("the file system is not this mount's");
    }

    [Theory]
    [MemberData(nameof(RecursiveAttributes))]
    public void Changes_the_attributes_of_the_whole_tree(string option, ulong set, ulong clear)
    {
        MountPlan plan = Bind(option);

        (plan.RecursiveSetAttributes, plan.RecursiveClearAttributes).Should().Be((set, clear));
        (plan.SetAttributes, plan.ClearAttributes).Should().Be((0, 0));
        plan.Data.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Propagations))]
    public void Changes_the_propagation(string option, ulong flag)
    {
        Bind(option).Propagation.Should().Equal(flag);
        Tmpfs(option, "rslave").Propagation.Should().Equal(flag, 0x8_0000 | Recursive);
    }

    [Theory]
    [InlineData("ro", 0x1)]
    [InlineData("sync", 0x10)]
    [InlineData("mand", 0x40)]
    [InlineData("dirsync", 0x80)]
    [InlineData("lazytime", 0x200_0000)]
    public void Sets_flags_of_the_superblock(string option, ulong flag)
    {
        MountPlan plan = Tmpfs(option);

        plan.SuperblockFlags.Should().Equal(option);
        plan.CallFlags.Should().Be(flag);
    }

    [Theory]
    [InlineData("sync", "async")]
    [InlineData("mand", "nomand")]
    [InlineData("lazytime", "nolazytime")]
    [InlineData("ro", "rw")]
    public void Takes_flags_of_the_superblock_back(string on, string off)
    {
        Tmpfs(on, off).SuperblockFlags.Should().BeEmpty();
        Tmpfs(off, on).SuperblockFlags.Should().Equal(on);
    }

    [Fact]
    public void Knows_every_option_of_the_table()
    {
        IEnumerable<string> elsewhere =
        [
            "bind", "rbind", "remount", "sync", "async", "dirsync", "mand", "nomand", "lazytime", "nolazytime",
            "silent", "loud", "iversion", "noiversion", "tmpcopyup",
            "idmap", "ridmap", .. s_links,
        ];
        string[] tested =
        [
            .. Attributes.Select(row => (string)row[0]), .. RecursiveAttributes.Select(row => (string)row[0]),
            .. Propagations.Select(row => (string)row[0]), .. elsewhere,
        ];

        MountOption.All().Should().BeEquivalentTo(tested);
    }

    [Theory]
    [InlineData("ro,rw", 0, Readonly)]
    [InlineData("rw,ro", Readonly, 0)]
    [InlineData("noatime,strictatime", StrictAtime, AtimeClass)]
    [InlineData("noatime,relatime", 0, AtimeClass)]
    [InlineData("relatime,noatime", NoAtime, AtimeClass)]
    [InlineData("noatime,atime", 0, AtimeClass)]
    [InlineData("nosuid,nodev,noexec,suid", NoDev | NoExec, NoSuid)]
    public void Of_opposite_options_the_last_one_wins(string options, ulong set, ulong clear)
    {
        MountPlan plan = Bind(options.Split(','));

        (plan.SetAttributes, plan.ClearAttributes).Should().Be((set, clear));
    }

    [Theory]
    [InlineData("rro,rrw", 0, Readonly)]
    [InlineData("rrw,rro", Readonly, 0)]
    [InlineData("rnoatime,rstrictatime", StrictAtime, AtimeClass)]
    [InlineData("rnoatime,rrelatime", 0, AtimeClass)]
    [InlineData("rnosuid,rnodev,rsuid", NoDev, NoSuid)]
    public void Of_opposite_recursive_options_the_last_one_wins(string options, ulong set, ulong clear)
    {
        MountPlan plan = Bind(options.Split(','));

        (plan.RecursiveSetAttributes, plan.RecursiveClearAttributes).Should().Be((set, clear));
    }

    /// <summary>Whatever the options are: nothing is set and cleared at once, but the class of access times.</summary>
    [Property(MaxTest = 500)]
    public Property Sums_options_up_so_that_no_bit_is_set_and_cleared()
    {
        string[] words = [.. MountOption.All().Except(["idmap", "ridmap", "copy-symlink", "remount"])];
        return Prop.ForAll(Gen.Elements(words).ListOf().ToArbitrary(), options =>
        {
            MountPlan plan = Bind([.. options]);

            (plan.SetAttributes & plan.ClearAttributes & ~AtimeClass).Should().Be(0);
            (plan.ClearAttributes & AtimeClass)
                .Should().BeOneOf([0, AtimeClass], "the kernel takes all of it or nothing");
            ((plan.SetAttributes & AtimeClass) == 0 || (plan.ClearAttributes & AtimeClass) != 0).Should().BeTrue();
            (plan.RecursiveSetAttributes & plan.RecursiveClearAttributes & ~AtimeClass).Should().Be(0);
            plan.IsReadonly.Should().Be(options.LastOrDefault(option => option is "ro" or "rw") == "ro");
            plan.Propagation
                .Should().HaveCount(options.Count(option => Propagations.Any(row => (string)row[0] == option)));
            plan.Data.Should().BeEmpty();
        });
    }

    /// <summary>Every word that is no option of mounts reaches the file system as it was, in its order.</summary>
    [Property]
    public Property Passes_other_words_to_the_file_system()
    {
        Gen<string> word = Gen.Elements(
            "size=64k", "mode=755", "RO", "ro ", "Bind", "newinstance", "lowerdir=/a:/b", "");
        return Prop.ForAll(word.ListOf().ToArbitrary(), words =>
        {
            MountPlan plan = Tmpfs([.. words]);

            plan.Data.Should().Equal(words);
            (plan.SetAttributes, plan.ClearAttributes).Should().Be((0, 0));
        });
    }

    [Theory]
    [InlineData("\"type\":\"tmpfs\",\"source\":\"shm\"", MountKind.FileSystem, "tmpfs", "shm")]
    [InlineData("\"type\":\"tmpfs\"", MountKind.FileSystem, "tmpfs", "")]
    [InlineData("\"type\":\"cgroup\",\"source\":\"cgroup\"", MountKind.Cgroup, "cgroup", "cgroup")]
    [InlineData("\"type\":\"cgroup2\",\"source\":\"none\"", MountKind.FileSystem, "cgroup2", "none")]
    [InlineData("\"type\":\"bind\",\"source\":\"/a\",\"options\":[\"bind\"]", MountKind.Bind, "", "/a")]
    [InlineData(
        "\"type\":\"none\",\"source\":\"data/x\",\"options\":[\"rbind\"]",
        MountKind.Bind,
        "",
        "/bundle/data/x")]
    [InlineData("\"source\":\"/a\",\"options\":[\"ro\",\"bind\"]", MountKind.Bind, "", "/a")]
    [InlineData("\"options\":[\"remount\",\"bind\",\"ro\"]", MountKind.Remount, "", "")]
    public void Tells_kinds_apart_by_options_before_types(string members, MountKind kind, string type, string source)
    {
        MountPlan plan = Plans.OfMount("\"destination\":\"/mnt\"," + members);

        (plan.Kind, plan.Type, plan.Source).Should().Be((kind, type, source));
        plan.Place.Should().Be("mounts[0]");
    }

    [Theory]
    [InlineData("bind", false)]
    [InlineData("rbind", true)]
    public void Takes_the_mounts_below_along_by_rbind(string option, bool recursive)
    {
        Plans.OfMount($"\"destination\":\"/mnt\",\"source\":\"/a\",\"options\":[\"{option}\"]").Recursive
            .Should().Be(recursive);
    }

    [Theory]
    [InlineData("/mnt", "/mnt")]
    [InlineData("mnt/deep", "/mnt/deep")]
    [InlineData("/", "/")]
    public void Begins_destinations_at_the_root(string destination, string planned)
    {
        Plans.OfMount($"\"destination\":\"{destination}\",\"type\":\"tmpfs\"").Destination.Should().Be(planned);
    }

    [Fact]
    public void Keeps_the_order_of_mounts()
    {
        Plans.Of(Plans.WithMounts("""
            {"destination":"/b","type":"tmpfs"},{"destination":"/a","type":"tmpfs"},{"destination":"/b","type":"proc"}
            """)).Mounts.Select(mount => (mount.Destination, mount.Type, mount.Place)).Should().Equal(
                ("/b", "tmpfs", "mounts[0]"), ("/a", "tmpfs", "mounts[1]"), ("/b", "proc", "mounts[2]"));
    }

    [Fact]
    public void Copies_up_what_lay_there()
    {
        Tmpfs("tmpcopyup", "size=1k").CopyUp.Should().BeTrue();
        Tmpfs("size=1k").CopyUp.Should().BeFalse();
    }

    [Theory]
    [InlineData(255, false)]
    [InlineData(256, true)]
    public void Leaves_options_too_long_for_fsconfig_to_mount(int length, bool needsCall)
    {
        Tmpfs("lowerdir=" + new string('x', length - 9)).NeedsMountCall.Should().Be(needsCall);
        Tmpfs(new string('ü', length / 2) + new string('x', length % 2)).NeedsMountCall.Should().Be(needsCall);
    }

    [Theory]
    [InlineData("silent", "loud", 0x8000)]
    [InlineData("iversion", "noiversion", 0x80_0000)]
    public void Leaves_flags_that_fsconfig_has_no_word_for_to_mount(string on, string off, ulong flag)
    {
        MountPlan plan = Tmpfs(on, "sync");

        (plan.NeedsMountCall, plan.CallFlags).Should().Be((true, flag | 0x10));
        Tmpfs(on, off).NeedsMountCall.Should().BeFalse();
        Bind(on).NeedsMountCall.Should().BeFalse("the file system is not this mount's");
    }

    [Fact]
    public void Refuses_to_change_iversion_by_a_remount()
    {
        Plans.FaultsOf(Plans.WithMounts("""{"destination":"/m","options":["remount","iversion"]}"""))
            .Should().Equal("mounts[0].options: iversion cannot be changed by a remount");
    }

    [Theory]
    [InlineData("copy-symlink", LinkHandling.CopySource)]
    [InlineData("src-nofollow", LinkHandling.MountSource)]
    [InlineData("dest-nofollow", LinkHandling.MountOnDestination)]
    public void Plans_what_becomes_of_symbolic_links(string option, LinkHandling links)
    {
        Bind(option).Links.Should().Be(links);
        Plans.FaultsOf(Plans.WithMounts($$"""{"destination":"/m","type":"tmpfs","options":["{{option}}"]}"""))
            .Should().Equal("mounts[0].options: copy-symlink, src-nofollow and dest-nofollow are for bind mounts");
    }

    [Fact]
    public void Refuses_options_of_a_file_system_for_a_bind_mount()
    {
        Plans.FaultsOf(Plans.WithMounts("""{"destination":"/m","source":"/a","options":["bind","size=1k"]}"""))
            .Should().Equal("mounts[0].options: a bind mount takes no option of a file system: size=1k");
    }

    [Theory]
    [InlineData("/proc", "proc", true)]
    [InlineData("/proc/", "proc", true)]
    [InlineData("/proc", "tmpfs", true)]
    [InlineData("/proc", "sysfs", false)]
    [InlineData("/proc/cpuinfo", "tmpfs", true)]
    [InlineData("/proc/sys/kernel/ns_last_pid", "tmpfs", true)]
    [InlineData("/proc/self/attr", "tmpfs", false)]
    [InlineData("/proc/sys", "tmpfs", false)]
    [InlineData("/proc/cpuinfo/../self", "tmpfs", false)]
    [InlineData("/processes", "tmpfs", true)]
    [InlineData("/srv/proc/self", "tmpfs", true)]
    [InlineData("proc/self", "tmpfs", false)]
    [InlineData("//proc/self", "tmpfs", false)]
    [InlineData("/./proc/self", "tmpfs", false)]
    [InlineData("/srv/../proc/self", "tmpfs", false)]
    public void Lets_nothing_stand_in_for_what_csrun_writes_below_proc(string destination, string type, bool allowed)
    {
        string[] faults = Plans.FaultsOf(Plans.WithMounts($$"""{"destination":"{{destination}}","type":"{{type}}"}"""));

        faults.Should()
            .Equal(allowed ? [] : ["mounts[0].destination: inside /proc only known files can be mounted over"]);
    }

    private static MountPlan Bind(params string[] options) =>
        Plans.OfMount($"\"destination\":\"/mnt\",\"source\":\"/a\",\"options\":{Array(["bind", .. options])}");

    private static MountPlan Tmpfs(params string[] options) =>
        Plans.OfMount($"\"destination\":\"/mnt\",\"type\":\"tmpfs\",\"options\":{Array(options)}");

    private static string Array(string[] words) => $"[{string.Join(',', words.Select(word => $"\"{word}\""))}]";
}

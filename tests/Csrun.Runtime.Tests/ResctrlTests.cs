using System;
using System.IO;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime.Tests;

/// <summary>
/// linux.intelRdt on a directory that looks like resctrl, whose new groups the test fills as the kernel would.
/// </summary>
public sealed class ResctrlTests : IDisposable
{
    private const string Schemata = "    L3:0=ff;1=0f\n    MB:0=100;1=100\n";

    private readonly string _root = Directory.CreateTempSubdirectory("csrun-resctrl-").FullName;
    private ResctrlPaths? _made;

    public ResctrlTests()
    {
        Fill(_root);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Without_a_name_a_group_of_the_containers_own_is_made_and_removed()
    {
        ResctrlPaths paths = Make(new LinuxIntelRdt());

        paths.Should().Be(new ResctrlPaths(_root + "/web", null, IsOurs: true));
        ResctrlGroup.Join(paths, 42);
        Read("web/tasks").Should().Be("42\n");
        Empty("web");
        ResctrlGroup.Remove(paths);
        Directory.Exists(_root + "/web").Should().BeFalse();
    }

    [Fact]
    public void A_slash_is_the_default_group()
    {
        ResctrlPaths paths = Make(new LinuxIntelRdt { ClosId = "/" });

        ResctrlGroup.Join(paths, 42);
        ResctrlGroup.Remove(paths);

        Read("tasks").Should().Be("42\n");
    }

    [Fact]
    public void All_schemas_are_written_cache_first_and_schemata_last()
    {
        _ = Make(
            new LinuxIntelRdt { L3CacheSchema = "L3:0=f", MemBwSchema = "MB:0=20", Schemata = ["L3:0=1", "MB:0=10"] });

        Read("web/schemata").Should().Be("L3:0=f\nMB:0=20\nL3:0=1\nMB:0=10\n");
    }

    [Theory]
    [InlineData("L3:0=f", null, "L3:0=f\n")]
    [InlineData(null, "MB:0=20", "MB:0=20\n")]
    [InlineData(null, null, Schemata)]
    public void Only_what_is_given_is_written(string? cache, string? bandwidth, string written)
    {
        _ = Make(new LinuxIntelRdt { L3CacheSchema = cache, MemBwSchema = bandwidth });

        Read("web/schemata").Should().Be(written);
    }

    [Fact]
    public void A_named_group_is_made_where_a_schema_says_what_it_is_and_stays()
    {
        ResctrlPaths paths = Make(new LinuxIntelRdt { ClosId = "gold", Schemata = ["L3:0=f"] });

        ResctrlGroup.Remove(paths);

        (paths.IsOurs, Read("gold/schemata")).Should().Be((false, "L3:0=f\n"));
    }

    [Fact]
    public void A_named_group_without_a_schema_must_be_there()
    {
        Action make = () => Make(new LinuxIntelRdt { ClosId = "gold" });

        KernelException error = make.Should().Throw<KernelException>().Which;
        (error.Errno, error.Place).Should().Be((Errno.ENOENT, "linux.intelRdt.closID"));
        Directory.Exists(_root + "/gold").Should().BeFalse();
    }

    [Theory]
    [InlineData("L3:0=ff;1=f", null)]
    [InlineData("L3:1=0x", "MB:0=100")]
    [InlineData("L3:0=0ff", "MB: 1 = 100")]
    [InlineData("L3:0=fe", null)]
    [InlineData("L3:2=f", null)]
    [InlineData("L2:0=f", null)]
    [InlineData(null, "MB:0=50")]
    public void A_named_group_that_is_there_must_have_the_same_numbers(string? cache, string? bandwidth)
    {
        Fill(_root + "/gold");
        bool same = (cache, bandwidth) is ("L3:0=ff;1=f", null) or ("L3:0=0ff", "MB: 1 = 100");
        Action make = () => Make(new LinuxIntelRdt { ClosId = "gold", L3CacheSchema = cache, MemBwSchema = bandwidth });

        if (same)
        {
            make.Should().NotThrow();
        }
        else
        {
            make.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EEXIST);
            Read("gold/schemata").Should().Be(Schemata);
        }
    }

    [Fact]
    public void A_monitoring_group_is_the_containers_own_in_whatever_group()
    {
        Fill(_root + "/gold");
        ResctrlPaths paths = Make(new LinuxIntelRdt { ClosId = "gold", EnableMonitoring = true });
        Fill(paths.Monitor!);

        ResctrlGroup.Join(paths, 42);

        (Read("gold/tasks"), Read("gold/mon_groups/web/tasks")).Should().Be(("42\n", "42\n"));
        Empty("gold/mon_groups/web");
        ResctrlGroup.Remove(paths);
        Directory.Exists(paths.Monitor).Should().BeFalse();
        Directory.Exists(_root + "/gold").Should().BeTrue();
    }

    [Fact]
    public void A_monitoring_group_that_cannot_be_made_is_an_error()
    {
        Fill(_root + "/gold");
        Directory.Delete(_root + "/gold/mon_groups");
        Action make = () => Make(new LinuxIntelRdt { ClosId = "gold", EnableMonitoring = true });

        make.Should().Throw<KernelException>().Which.Place.Should().Be("linux.intelRdt.enableMonitoring");
        _made.Should().Be(new ResctrlPaths(_root + "/gold", null, IsOurs: false), "somebody's group is not taken back");
    }

    [Fact]
    public void An_update_writes_the_schemas_that_are_given()
    {
        ResctrlGroup.Update(_root, "L3:0=3", null);

        Read("schemata").Should().Be("L3:0=3\n");
    }

    [Fact]
    public void Removing_what_is_gone_is_no_error()
    {
        Action remove =
            () => ResctrlGroup.Remove(new ResctrlPaths(_root + "/gone", _root + "/gone/mon_groups/x", IsOurs: true));

        remove.Should().NotThrow();
    }

    /// <summary>What create does, with the kernel's part between.</summary>
    private ResctrlPaths Make(LinuxIntelRdt rdt)
    {
        ResctrlPaths paths = ResctrlPaths.Of(_root, rdt, "web");
        bool existed = ResctrlGroup.MakeDirectories(paths, rdt, made => _made = made);
        if (!existed)
        {
            Fill(paths.Group);
        }

        ResctrlGroup.Configure(paths, rdt, existed);
        return paths;
    }

    private static void Fill(string group)
    {
        Directory.CreateDirectory(group + "/mon_groups");
        File.WriteAllText(group + "/tasks", "");
        File.WriteAllText(group + "/schemata", Schemata);
    }

    /// <summary>rmdir of a group succeeds although files are in it.</summary>
    private void Empty(string group)
    {
        Directory.Delete(Path.Combine(_root, group), recursive: true);
        Directory.CreateDirectory(Path.Combine(_root, group));
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_root, file));
}

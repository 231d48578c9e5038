using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Properties.Tests;

/// <summary>Mounts with idmap and ridmap: the ids that stat(2) shows inside, and those that land on the disk.</summary>
public sealed class IdMapTests : RuntimeTest
{
    private const string Options = "awk '$5==\"/mnt\" {print $6}' /proc/self/mountinfo";

    private string Source => Path.Combine(Work, "source");

    [CsrunTheory]
    [InlineData("idmap")]
    [InlineData("ridmap")]
    public void Translates_the_ids_of_a_bind_mount(string option)
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", option);
        Map(bundle, 5, 700, 10);

        Inside(bundle, $"stat -c %u:%g /mnt/file; {Options}").Should().MatchRegex("^700:700\n.*idmapped");
    }

    [CsrunFact]
    public void Writes_ids_back_as_they_are_on_the_disk()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", "idmap");
        Map(bundle, 5, 0, 10);

        Inside(bundle, "touch /mnt/new; stat -c %u /mnt/new").Should().Be("0");

        Owner(Path.Combine(Source, "new")).Should().Be(5);
    }

    [CsrunFact]
    public void Mappings_alone_mean_idmap()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind");
        Map(bundle, 5, 700, 10);

        Inside(bundle, "stat -c %u:%g /mnt/file").Should().Be("700:700");
    }

    [CsrunFact]
    public void Users_and_groups_have_mappings_of_their_own()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", "idmap");
        Map(bundle, 5, 700, 10);
        bundle.MountAt("/mnt")["gidMappings"] = Mapping(5, 900, 10);

        Inside(bundle, "stat -c %u:%g /mnt/file").Should().Be("700:900");
    }

    [CsrunTheory]
    [InlineData("rbind,idmap", "0")]
    [InlineData("rbind,ridmap", "300")]
    public void Ridmap_takes_the_mounts_below_along(string options, string owner)
    {
        Directory.CreateDirectory(Path.Combine(MakeSource(0), "below"));
        using HostMounts mounts = new HostMounts().Add(Path.Combine(Source, "below"), "-t", "tmpfs", "tmpfs");
        Bundle bundle = WithBind(Source, options.Split(','));
        Map(bundle, 0, 300, 10);

        Inside(bundle, "echo $(stat -c %u /mnt/file /mnt/below)").Should().Be($"300 {owner}");
    }

    [CsrunFact]
    public void Maps_a_tmpfs_of_the_host()
    {
        Directory.CreateDirectory(Source);
        using HostMounts mounts = new HostMounts().Add(Source, "-t", "tmpfs", "-o", "uid=5,gid=5", "tmpfs");
        Bundle bundle = WithBind(Source, "bind", "idmap");
        Map(bundle, 5, 700, 10);

        Inside(bundle, "stat -c %u:%g /mnt").Should().Be("700:700");
    }

    [CsrunFact]
    public void Maps_an_overlay_of_the_host_where_the_kernel_does()
    {
        string[] layers = [.. new[] { "lower", "upper", "work" }.Select(name => Path.Combine(Work, name))];
        foreach (string layer in layers.Append(Source))
        {
            Directory.CreateDirectory(layer);
        }

        using HostMounts mounts = new HostMounts().Add(
            Source, "-t", "overlay", "-o", $"lowerdir={layers[0]},upperdir={layers[1]},workdir={layers[2]}", "overlay");
        Bundle bundle = WithBind(Source, "bind", "idmap");
        Map(bundle, 0, 700, 10);

        RunResult result = Run(bundle.Sh("stat -c %u /mnt"));

        // Linux up to 6.18 does not; then it must not be ignored.
        (result.ExitCode == 0 ? result.Stdout : result.Stderr)
            .Should().MatchRegex("^700\n$|mounts\\[7\\].*\n.*does not support id-mapped mounts");
    }

    [CsrunFact]
    public void Maps_a_new_tmpfs()
    {
        Bundle bundle = NewBundle().Mount("/mnt", "tmpfs", "tmpfs", "idmap", "mode=755");
        Map(bundle, 0, 700, 10);

        Inside(bundle, $"stat -c %u:%g /mnt; {Options}").Should().MatchRegex("^700:700\n.*idmapped");
    }

    [CsrunFact]
    public void Says_where_a_file_system_cannot_be_mapped()
    {
        Bundle bundle = WithBind("/proc/sys/kernel", "bind", "idmap");
        Map(bundle, 0, 700, 10);

        Run(bundle).Exits(1).Stderr.Should().Contain("mounts[7]")
            .And.Contain("EINVAL").And.Contain("its file system does not support id-mapped mounts");
    }

    [CsrunFact]
    public void Takes_the_mapping_of_the_containers_user_namespace()
    {
        Bundle bundle = WithBind(MakeSource(7), "bind", "idmap").With(InUserNamespace);

        Inside(bundle, "stat -c %u:%g /mnt/file; touch /mnt/new; stat -c %u:%g /mnt/new").Should().Be("7:7\n0:0");

        Owner(Path.Combine(Source, "new")).Should().Be(0);
    }

    [CsrunFact]
    public void Own_mappings_win_over_the_containers()
    {
        Bundle bundle = WithBind(MakeSource(7), "bind", "idmap").With(InUserNamespace);
        Map(bundle, 7, 100_050, 10);

        Inside(bundle, "stat -c %u:%g /mnt/file").Should().Be("50:50");
    }

    [CsrunTheory]
    [InlineData("idmap=uids=5-700-10;gids=5-900-10", "700:900")]
    [InlineData("idmap=uids=0-100-1#5-700-10;gids=5-900-10", "700:900")]
    public void Takes_crun_s_form_in_one_word(string option, string owner)
    {
        Inside(WithBind(MakeSource(5), "bind", option), "stat -c %u:%g /mnt/file").Should().Be(owner);
    }

    [CsrunFact]
    public void Takes_ids_that_are_the_containers_own()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", "idmap=uids=@5-20-10;gids=@5-30-10").With(InUserNamespace);

        Inside(bundle, "stat -c %u:%g /mnt/file").Should().Be("20:30");
    }

    [CsrunFact]
    public void One_user_namespace_serves_all_mounts_of_one_mapping()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", "idmap")
            .Mount("/tmp", "bind", Source, "bind", "idmap").Mount("/home", "bind", Source, "bind", "idmap")
            .Sh("exit").Save();
        Map(bundle, 5, 700, 10);
        Map(bundle, 5, 700, 10, "/tmp");
        Map(bundle, 5, 701, 10, "/home");
        bundle.Save();
        string trace = Path.Combine(Work, "trace");

        Programs.Run(
            "strace", "-qq", "-f", "-o", trace, "-e", "trace=clone3", Runtime.Path, "--root", StateRoot,
            "run", "--bundle",
            bundle.Path, NewId());

        File.ReadLines(trace).Count(line => line.Contains("CLONE_NEWUSER")).Should().Be(2);
    }

    [CsrunFact]
    public void What_is_mounted_below_it_inside_stays_inside()
    {
        Directory.CreateDirectory(Path.Combine(MakeSource(0), "below"));
        using HostMounts mounts = new HostMounts().Add(Source, "--bind", Source);
        Programs.Run("mount", "--make-shared", Source);
        Bundle bundle = WithBind(Source, "bind", "idmap").Capabilities("CAP_SYS_ADMIN");
        Map(bundle, 0, 700, 10);
        bundle.Linux.Remove("seccomp");

        Inside(bundle, $"mount -t tmpfs tmpfs /mnt/below && grep -c ' /mnt/below ' /proc/self/mountinfo; {Options}")
            .Should().StartWith("1\n", "otherwise nothing was mounted");

        File.ReadAllText("/proc/self/mountinfo").Should().NotContain(Source + "/below");
    }

    [CsrunFact]
    public void The_program_gets_no_descriptor_of_it()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", "idmap");
        Map(bundle, 5, 700, 10);

        Inside(bundle, "echo $(ls /proc/self/fd)").Should().Be("0 1 2 3", "3 is the directory that ls reads");
    }

    [CsrunFact]
    public void A_mapping_that_is_none_names_its_mount()
    {
        Bundle bundle = WithBind(MakeSource(5), "bind", "idmap");
        Map(bundle, 5, 700, 10);
        JsonArray overlapping = [.. new[] { Mapping(5, 700, 10)[0]!.DeepClone(), Mapping(6, 800, 10)[0]!.DeepClone() }];
        bundle.MountAt("/mnt")["uidMappings"] = overlapping;

        Run(bundle).Exits(1).Stderr.Should().Contain("mounts[7]").And.Contain("uid_map");
    }

    private static void InUserNamespace(Bundle bundle)
    {
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        bundle.Linux["uidMappings"] = Mapping(0, 100_000, 65536);
        bundle.Linux["gidMappings"] = Mapping(0, 100_000, 65536);
    }

    private static JsonArray Mapping(uint inside, uint outside, uint size)
    {
        return [new JsonObject { ["containerID"] = inside, ["hostID"] = outside, ["size"] = size }];
    }

    private static void Map(Bundle bundle, uint onDisk, uint seen, uint size, string destination = "/mnt")
    {
        bundle.MountAt(destination)["uidMappings"] = Mapping(onDisk, seen, size);
        bundle.MountAt(destination)["gidMappings"] = Mapping(onDisk, seen, size);
    }

    private static uint Owner(string path)
    {
        _ = Syscall.lstat(path, out Stat stat);
        return stat.st_uid;
    }

    private Bundle WithBind(string source, params string[] options)
    {
        return NewBundle().Mount("/mnt", "none", source, options);
    }

    private string MakeSource(uint owner)
    {
        Directory.CreateDirectory(Source);
        string file = Path.Combine(Source, "file");
        File.WriteAllText(file, "");
        _ = Syscall.lchown(file, owner, owner);
        _ = Syscall.lchown(Source, owner, owner);
        _ = Syscall.chmod(Source, FilePermissions.ACCESSPERMS);
        return Source;
    }
}

using System.IO;
using Mono.Unix.Native;

namespace Csrun.Lifecycle.Tests;

/// <summary>A state root that cannot take a container: full, read-only, or somebody else's.</summary>
public sealed class StateRootTests : RuntimeTest
{
    [CsrunTheory]
    [InlineData("size=4k,nr_inodes=64", "no space left on device")]
    [InlineData("nr_inodes=1", "no space left on device")]
    [InlineData("nr_inodes=2", "no space left on device")]
    [InlineData("nr_inodes=3", "no space left on device")]
    [InlineData("ro", "read-only file system")]
    public void Says_that_there_is_no_room_and_leaves_nothing(string options, string reason)
    {
        RunResult result = OnTmpfs(options).Exits(1);

        result.Stderr.Should().Contain(reason).And.Contain("--root");
        result.Stderr.TrimEnd('\n').Should().NotContain("\n");
        result.Stdout.Should().BeEmpty();
    }

    [CsrunFact]
    public void Has_room_in_a_hundred_kibibytes()
    {
        OnTmpfs("size=100k").Ok();
    }

    [CsrunTheory]
    [InlineData("create")]
    [InlineData("state")]
    [InlineData("delete")]
    [InlineData("list")]
    public void Says_to_others_that_it_is_not_theirs(string command)
    {
        Bundle bundle = NewBundle().Save();
        string id = NewId();
        string root = Path.Combine(Work, "private");
        Directory.CreateDirectory(root);
        _ = Syscall.chmod(root, FilePermissions.S_IRWXU);
        string[] arguments = command switch
        {
            "create" => ["create", "--bundle", bundle.Path, id],
            "list" => ["list"],
            _ => [command, id],
        };

        Runtime.Run(new RunOptions { Uid = 65534 }, ["--root", root, .. arguments]).Exits(1)
            .Stderr.Should().Contain($"open {root}: permission denied (EACCES)");
    }

    [CsrunFact]
    public void Without_rights_a_create_names_what_it_may_not_do()
    {
        Bundle bundle = NewBundle().Save();
        string root = Path.Combine(Work, "open");
        Directory.CreateDirectory(root);
        _ = Syscall.chmod(root, FilePermissions.ACCESSPERMS);

        RunResult result = Runtime.Run(
            new RunOptions { Uid = 65534 }, "--root", root, "create", "--bundle", bundle.Path, NewId()).Exits(1);

        result.Stderr.Should().MatchRegex("permission denied|operation not permitted");
        Directory.GetFileSystemEntries(root).Should().BeEmpty();
    }

    // In a mount namespace of its own, which ends with the command; what is left in the tmpfs is its output.
    private RunResult OnTmpfs(string options)
    {
        Bundle bundle = NewBundle().Sh("exit").Save();
        string id = NewId();
        string root = Path.Combine(Work, "small");
        Directory.CreateDirectory(root);
        string script = $"""
            mount -t tmpfs -o {options} tmpfs {root}
            {Runtime.Path} --root {root} create --bundle {bundle.Path} {id} </dev/null >/dev/null
            code=$?
            [ $code != 0 ] || {Runtime.Path} --root {root} delete --force {id}
            ls {root}
            exit $code
            """;
        return Programs.Run(new RunOptions(), "unshare", "--mount", "--propagation", "private", "sh", "-c", script);
    }
}

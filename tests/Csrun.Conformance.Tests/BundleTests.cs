using System.IO;

namespace Csrun.Conformance.Tests;

/// <summary>The filesystem bundle: what must be where.</summary>
public sealed class BundleTests : RuntimeTest
{
    [RootTheory]
    [InlineData("Config.json")]
    [InlineData("config.JSON")]
    [InlineData("config")]
    [Broken("exit", "create")]
    public void BND_01_needs_a_file_named_exactly_config_json(string name)
    {
        RefusesConfigAt(name);
    }

    [RootTheory]
    [InlineData("sub/config.json")]
    [InlineData("rootfs/config.json")]
    [Broken("exit", "create")]
    public void BND_02_needs_it_in_the_top_directory(string name)
    {
        RefusesConfigAt(name);
    }

    [RootFact]
    [Broken("config", "root.path='/nowhere'")]
    public void BND_03_works_wherever_it_was_moved_to()
    {
        Bundle bundle = NewBundle().Sh("cat /mark").Save();
        File.WriteAllText(Path.Combine(bundle.Rootfs, "mark"), "of this root\n");
        string elsewhere = Path.Combine(Work, "else where");
        Directory.Move(bundle.Path, elsewhere);

        Command("run", "--bundle", elsewhere, NewId()).Ok().Stdout.Should().Be("of this root\n");
    }

    [RootFact]
    [Broken("config", "root.path='/nowhere'")]
    public void BND_03_works_as_a_copy_while_the_first_one_runs()
    {
        Bundle bundle = NewBundle().Sh("cat /mark; sleep 100");
        string mark = Path.Combine(bundle.Rootfs, "mark");
        File.WriteAllText(mark, "first\n");
        Container first = NewContainer(bundle).Create().Start();
        first.Stdout.Await("first\n");
        string copy = Path.Combine(Work, "copy");
        Programs.Run("cp", "-a", bundle.Path, copy);
        File.WriteAllText(Path.Combine(copy, "rootfs/mark"), "second\n");
        bundle.Sh("cat /mark").Save();
        File.Copy(Path.Combine(bundle.Path, "config.json"), Path.Combine(copy, "config.json"), overwrite: true);

        Command("run", "--bundle", copy, NewId()).Ok().Stdout.Should().Be("second\n");

        File.ReadAllText(mark).Should().Be("first\n");
    }

    [RootTheory]
    [InlineData("other/tree", false)]
    [InlineData("./other/../other/tree", false)]
    [InlineData("other/tree", true)]
    [Broken("config", "root.path='.'")]
    public void BND_04_takes_the_root_that_root_path_designates(string path, bool absolute)
    {
        Bundle bundle = NewBundle().Sh("cat /mark");
        File.WriteAllText(Path.Combine(bundle.Rootfs, "mark"), "the other\n");
        Directory.CreateDirectory(Path.Combine(bundle.Path, "other"));
        Directory.Move(bundle.Rootfs, Path.Combine(bundle.Path, "other/tree"));
        bundle.Config["root"]!["path"] = absolute ? Path.Combine(bundle.Path, path) : path;

        Run(bundle).Ok().Stdout.Should().Be("the other\n");
    }

    private void RefusesConfigAt(string name)
    {
        Bundle bundle = NewBundle().Save();
        string place = Path.Combine(bundle.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Move(Path.Combine(bundle.Path, "config.json"), place);
        string id = NewId();

        Command("create", "--bundle", bundle.Path, id).Fails("config.json");

        Command("state", id).Fails();
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }
}

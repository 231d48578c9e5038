using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class ArgpGrammarTests
{
    [Theory]
    [InlineData("crun --root /r list")]
    [InlineData("crun --root=/r list")]
    [InlineData("crun list --root /r")]
    public void Reads_a_global_value_on_either_side_of_the_command(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Error.Should().BeNull();
        invocation.Command.Should().Be(Command.List);
        invocation.GetString(Flag.Root).Should().Be("/r");
    }

    [Theory]
    [InlineData("crun list -qf json")]
    [InlineData("crun list -qfjson")]
    [InlineData("crun list -q -f json")]
    [InlineData("crun list --quiet --format=json")]
    [InlineData("crun list --q --form json")]
    public void Reads_letters_in_clusters(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.IsSet(Flag.Quiet).Should().BeTrue();
        invocation.GetString(Flag.Format).Should().Be("json");
    }

    [Theory]
    [InlineData("crun kill --all web KILL")]
    [InlineData("crun kill web --all KILL")]
    [InlineData("crun kill web KILL -a")]
    public void Reads_flags_before_and_after_the_words(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.IsSet(Flag.All).Should().BeTrue();
        invocation.Operands.Should().Equal("web", "KILL");
    }

    [Theory]
    [InlineData("crun --log-f json list")]
    [InlineData("crun --log-format=json list")]
    [InlineData("crun list --log-fo=json")]
    public void Reads_a_long_name_as_short_as_it_stays_clear(string line)
    {
        Argv.Parse(line).GetString(Flag.LogFormat).Should().Be("json");
    }

    [Fact]
    public void Ends_the_flags_at_two_dashes()
    {
        Argv.Parse("crun kill -- web --all").Operands.Should().Equal("web", "--all");
    }

    [Fact]
    public void Lets_a_commands_own_flag_go_before_a_global_one()
    {
        // crun takes this for spec's --rootless, however global --root is.
        Argv.Parse("crun spec --root").IsSet(Flag.ForRootless).Should().BeTrue();
    }

    [Theory]
    [InlineData("crun --log /l list")]
    [InlineData("crun --log file:/l list")]
    [InlineData("crun --log=file:/l list")]
    public void Takes_the_kind_off_a_log_file(string line)
    {
        Argv.Parse(line).GetString(Flag.Log).Should().Be("/l");
    }

    [Fact]
    public void Leaves_the_colon_of_a_path()
    {
        Argv.Parse("crun --log /a:b list").GetString(Flag.Log).Should().Be("/a:b");
    }

    [Theory]
    [InlineData("crun --help", "Help", "None")]
    [InlineData("crun -?", "Help", "None")]
    [InlineData("crun --usage", "Usage", "None")]
    [InlineData("crun list --usage", "Usage", "List")]
    [InlineData("crun create --help --nope", "Help", "Create")]
    [InlineData("crun checkpoint --help", "Help", "Checkpoint")]
    [InlineData("crun start x --help", "Help", "Start")]
    [InlineData("crun -V", "Version", "None")]
    [InlineData("crun -v", "Version", "None")]
    [InlineData("crun --version list", "Version", "None")]
    public void Understands_who_asks_for_help_or_version(string line, string request, string command)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Error.Should().BeNull();
        invocation.Request.ToString().Should().Be(request);
        invocation.Command.ToString().Should().Be(command);
    }

    [Theory]
    [InlineData("crun --nope --log /l list")]
    [InlineData("crun list --nope --log /l")]
    [InlineData("crun list too many --log /l")]
    public void Keeps_the_log_of_a_faulty_line(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Error.Should().NotBeNull();
        invocation.GetString(Flag.Log).Should().Be("/l");
    }
}

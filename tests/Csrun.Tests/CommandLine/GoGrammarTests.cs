using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class GoGrammarTests
{
    [Theory]
    [InlineData("runc --root /r list")]
    [InlineData("runc --root=/r list")]
    [InlineData("runc -root /r list")]
    [InlineData("runc -root=/r list")]
    [InlineData("runc --root /x --root /r list")]
    [InlineData("csrun --root /r list")]
    public void Reads_a_value_in_each_form_and_the_last_one_counts(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Error.Should().BeNull();
        invocation.Command.Should().Be(Command.List);
        invocation.GetString(Flag.Root).Should().Be("/r");
    }

    [Theory]
    [InlineData("runc run -b /b web")]
    [InlineData("runc run --b /b web")]
    [InlineData("runc run -b=/b web")]
    [InlineData("runc run --bundle /b web")]
    [InlineData("runc run --bundle=/b -- web")]
    public void Reads_a_letter_with_one_dash_or_two(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.GetString(Flag.Bundle).Should().Be("/b");
        invocation.Operands.Should().Equal("web");
    }

    [Theory]
    [InlineData("runc --debug list", true)]
    [InlineData("runc --debug=true list", true)]
    [InlineData("runc --debug=1 list", true)]
    [InlineData("runc --debug=false list", false)]
    [InlineData("runc --debug --debug=F list", false)]
    [InlineData("runc list", false)]
    public void Reads_a_switch_with_an_optional_truth(string line, bool isSet)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Command.Should().Be(Command.List);
        invocation.IsSet(Flag.Debug).Should().Be(isSet);
    }

    [Fact]
    public void Takes_a_value_that_begins_with_a_dash()
    {
        Argv.Parse("runc --log --debug list").GetString(Flag.Log).Should().Be("--debug");
    }

    [Fact]
    public void Takes_an_empty_value_after_an_equals_sign()
    {
        Argv.Parse("runc --root= list").GetString(Flag.Root).Should().BeEmpty();
    }

    [Fact]
    public void Ends_the_flags_at_the_first_word_without_a_dash()
    {
        Invocation invocation = Argv.Parse("runc kill web --all");

        invocation.IsSet(Flag.All).Should().BeFalse();
        invocation.Operands.Should().Equal("web", "--all");
    }

    [Fact]
    public void Takes_a_lone_dash_for_a_word()
    {
        Argv.Parse("runc state -").Operands.Should().Equal("-");
    }

    [Fact]
    public void Does_not_cluster_letters()
    {
        Argv.Error("runc delete -fv web").Should().Contain("flag provided but not defined: -fv");
    }

    [Fact]
    public void Leaves_the_optional_operand_null()
    {
        Invocation invocation = Argv.Parse("csrun kill web");

        invocation.Operand(0).Should().Be("web");
        invocation.Operand(1).Should().BeNull();
    }

    [Fact]
    public void Takes_a_directory_in_place_of_an_id()
    {
        Argv.Parse("csrun run ./bundle/").Operands.Should().Equal("./bundle/");
    }

    [Theory]
    [InlineData("csrun --cgroup-manager cgroupfs list")]
    [InlineData("csrun --log-level debug list")]
    [InlineData("csrun --rootless=false list")]
    public void Knows_cruns_long_names_as_csrun(string line)
    {
        Argv.Parse(line).Error.Should().BeNull();
    }

    [Fact]
    public void Does_not_know_cruns_flags_as_runc()
    {
        Argv.Error("runc --cgroup-manager cgroupfs list").Should().Contain("not defined: -cgroup-manager");
    }

    [Theory]
    [InlineData("runc --help", "Help", "None")]
    [InlineData("runc", "Help", "None")]
    [InlineData("csrun", "Help", "None")]
    [InlineData("runc help", "Help", "None")]
    [InlineData("runc h state", "Help", "State")]
    [InlineData("runc state --help", "Help", "State")]
    [InlineData("runc kill -h", "Help", "Kill")]
    [InlineData("runc exec --tty --help", "Help", "Exec")]
    [InlineData("runc run --no-pivot --help", "Help", "Run")]
    [InlineData("csrun help create", "Help", "Create")]
    [InlineData("runc --version", "Version", "None")]
    [InlineData("runc -v state x", "Version", "None")]
    public void Understands_who_asks_for_help_or_version(string line, string request, string command)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Error.Should().BeNull();
        invocation.Request.ToString().Should().Be(request);
        invocation.Command.ToString().Should().Be(command);
    }

    [Fact]
    public void Takes_help_after_the_command_for_an_id()
    {
        Argv.Parse("runc start help").Operands.Should().Equal("help");
    }

    [Theory]
    [InlineData("runc --nope --log /l list")]
    [InlineData("runc --log /l --nope list")]
    [InlineData("runc --log /l nope")]
    [InlineData("runc --log /l start")]
    public void Keeps_the_log_of_a_faulty_line(string line)
    {
        Invocation invocation = Argv.Parse(line);

        invocation.Error.Should().NotBeNull();
        invocation.GetString(Flag.Log).Should().Be("/l");
    }

    [Fact]
    public void Tells_of_flags_that_change_nothing()
    {
        Argv.Parse("runc --criu /usr/bin/criu list").IgnoredFlags().Should().ContainSingle()
            .Which.Note.Should().NotBeEmpty();
    }
}

using System;
using System.Linq;
using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class ManPageTests
{
    [Fact]
    public void Of_a_command_has_the_sections_of_a_manual_page()
    {
        string page = Argv.Answer("csrun man kill").Text;

        page.Should().StartWith($".TH CSRUN-KILL 8 \"\" \"csrun {BuildInfo.Version}\" \"System administration\"\n"
            + ".SH NAME\ncsrun\\-kill \\- send a signal to a container, TERM unless told otherwise\n.SH SYNOPSIS\n");
        page.Split('\n').Where(line => line.StartsWith(".SH", StringComparison.Ordinal)).Should().Equal(
            ".SH NAME",
            ".SH SYNOPSIS",
            ".SH DESCRIPTION",
            ".SH ARGUMENTS",
            ".SH FLAGS",
            ".SH EXAMPLES",
            ".SH SEE ALSO");
        page.Should().Contain(".TP\n\\fB\\-a\\fR, \\fB\\-\\-all\\fR\nSignal every process");
    }

    [Fact]
    public void Of_the_program_names_the_other_pages()
    {
        string page = Argv.Answer("csrun man").Text;

        page.Should().Contain(".BR csrun\\-run (8),\n").And.Contain("checkpoint")
            .And.NotContain("mounts (8)").And.NotContain("csrun\\-info");
    }

    [Fact]
    public void Begins_no_line_of_text_with_a_request()
    {
        foreach (CommandRow row in CommandTable.Rows())
        {
            ManPage.Of(row.Command).Split('\n').Should().OnlyContain(
                line => line.Length == 0 || line[0] != '\'' && (line[0] != '.' || char.IsAsciiLetterUpper(line[1])));
        }
    }

    [Fact]
    public void Exists_for_each_command_of_the_list()
    {
        string pages = Argv.Answer("csrun man --pages").Text;

        foreach (string name in pages.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Argv.Answer($"csrun man {name}").Text.Should().StartWith($".TH CSRUN-{name.ToUpperInvariant()} 8");
        }
    }

    [Fact]
    public void Of_a_word_that_is_no_command_is_refused()
    {
        Answer answer = Argv.Answer("csrun man foo");

        answer.Error!.Cause.Should().Be("no such command");
        answer.ExitCode.Should().Be(1);
    }
}

using System;
using System.Linq;
using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class HelpTests
{
    public static TheoryData<string> RuncNames() => NamesIn(Dialect.Runc);

    public static TheoryData<string> CrunNames() => NamesIn(Dialect.Crun);

    public static TheoryData<string> CsrunNames() => NamesIn(Dialect.Csrun);

    [Fact]
    public void Of_runc_begins_as_runcs()
    {
        string[] lines = Argv.Answer("runc --help").Text.Split('\n');

        lines[0].Should().Be("NAME:");
        lines[1].Should().Be("   runc - Open Container Initiative runtime");
        lines.Should().Contain(["USAGE:", "VERSION:", "COMMANDS:", "GLOBAL OPTIONS:"]);
    }

    [Theory]
    [MemberData(nameof(RuncNames))]
    public void Of_each_command_of_runc_begins_as_runcs(string name)
    {
        string[] lines = HelpText.Of(Dialect.Runc, CommandTable.Find(Dialect.Runc, Argv.Bytes(name)[0]).Command)
            .Split('\n');

        lines[0].Should().Be("NAME:");
        lines[1].Should().StartWith($"   runc {name} - ");
        lines[3].Should().Be("USAGE:");
        lines[4].Should().StartWith($"   runc {name}");
    }

    [Fact]
    public void Of_a_runc_command_is_laid_out_as_runcs()
    {
        Argv.Answer("runc delete --help").Text.Should().Be(
            """
            NAME:
               runc delete - remove a stopped or created container and all that was made for it

            USAGE:
               runc delete [command options] <container-id>

            DESCRIPTION:
               Removes what create made: the cgroup, the state, the mounts; then the
               poststop hooks run. A running container is left alone unless --force is
               given.

            OPTIONS:
               --force, -f  kill it first if it runs; no error when there is no such container

            """);
    }

    [Fact]
    public void Of_crun_begins_as_cruns()
    {
        Argv.Answer("crun --help").Text.Should()
            .StartWith("Usage: crun [OPTION...] COMMAND [OPTION...]\n\nCOMMANDS:\n");
    }

    [Theory]
    [MemberData(nameof(CrunNames))]
    public void Of_each_command_of_crun_begins_as_cruns(string name)
    {
        Argv.Answer($"crun {name} --help").Text.Should().StartWith($"Usage: crun [OPTION...] {name}");
    }

    [Fact]
    public void Of_a_crun_command_is_laid_out_as_cruns()
    {
        Argv.Answer("crun kill --help").Text.Should().Be(
            """
            Usage: crun [OPTION...] kill [OPTION...] CONTAINER [SIGNAL]
            OCI runtime

            The signal is a number or a name, with or without SIG. It goes to the
            container's first process, with --all to every one. It is an error if the
            container has stopped, unless --all is given.

              -a, --all                  signal every process of the container; no error
                                         when it has stopped
              -r, --regex                ID is a regular expression: signal every container
                                         it matches
              -?, --help                 print this help
                  --usage                print a short usage message

            """);
    }

    [Fact]
    public void In_short_names_cruns_flags()
    {
        Argv.Answer("crun kill --usage").Text.Should().Be(
            "Usage: crun [OPTION...] kill [--all] [--regex] [--help] [--usage] CONTAINER\n            [SIGNAL]\n");
    }

    [Fact]
    public void Of_csrun_is_grouped_by_the_life_of_a_container()
    {
        string text = Argv.Answer("csrun --help").Text;

        string[] headings = ["A container's life\n  run", "Looking at it\n  state", "Global flags\n", "Examples\n"];
        headings.Select(heading => text.IndexOf(heading, StringComparison.Ordinal)).Should().BeInAscendingOrder()
            .And.OnlyContain(place => place > 0);
        Argv.Answer("csrun").Text.Should().Be(text);
    }

    [Fact]
    public void Of_a_csrun_command_is_short_and_has_examples()
    {
        Argv.Answer("csrun kill --help").Text.Should().Be(
            """
            csrun kill: send a signal to a container, TERM unless told otherwise

            Usage: csrun kill [FLAGS] ID [SIGNAL]

            The signal is a number or a name, with or without SIG. It goes to the
            container's first process, with --all to every one. It is an error if the
            container has stopped, unless --all is given.

            Arguments
              ID                       the container's name: letters, digits and _ + - . but
                                       no dot first; as no other under --root
              SIGNAL                   a number or a name, with or without SIG

            Flags
              -a, --all                signal every process of the container; no error when
                                       it has stopped
                  --regex              ID is a regular expression: signal every container it
                                       matches
              -h, --help               print this help

            Examples
              csrun kill web                  ask the program to end
              csrun kill web HUP              send SIGHUP
              csrun kill --all web 9          end every process

            """);
    }

    [Theory]
    [MemberData(nameof(CsrunNames))]
    public void Of_csrun_fits_a_terminal(string name)
    {
        string[] lines = HelpText.Of(Dialect.Csrun, CommandTable.Find(Dialect.Csrun, Argv.Bytes(name)[0]).Command)
            .Split('\n');

        lines.Should().OnlyContain(line => line.Length <= 80);
    }

    [Theory]
    [InlineData("crun mounts --help", 1)]
    [InlineData("csrun mounts --help", 1)]
    [InlineData("csrun info --help", 1)]
    public void Of_a_command_that_is_not_done_fails(string line, int exitCode)
    {
        Answer answer = Argv.Answer(line);

        answer.Text.Should().Contain("is not supported by this version of csrun");
        answer.Error.Should().NotBeNull();
        answer.ExitCode.Should().Be(exitCode);
    }

    /// <summary>Engines ask for it to learn whether the program can do it.</summary>
    [Theory]
    [InlineData("runc checkpoint --help")]
    [InlineData("crun checkpoint --help")]
    [InlineData("csrun restore --help")]
    public void Of_checkpoint_and_restore_succeeds(string line)
    {
        Answer answer = Argv.Answer(line);

        answer.Text.Should().Contain("--image-path");
        (answer.Error, answer.ExitCode).Should().Be(((Csrun.Reporting.ErrorDetail?)null, 0));
    }

    [Fact]
    public void Lists_no_flag_that_is_refused()
    {
        Argv.Answer("runc run --help").Text.Should().Contain("--detach").And.NotContain("--no-subreaper");
    }

    private static TheoryData<string> NamesIn(Dialect dialect) =>
        [.. CommandTable.Rows().Where(row => dialect.IsIn(row.Dialects)).Select(row => row.Name).Distinct()];
}

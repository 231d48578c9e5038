using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class TableTests
{
    public static TheoryData<string, string> Commands()
    {
        TheoryData<string, string> commands = [];
        foreach (Dialect dialect in Enum.GetValues<Dialect>())
        {
            foreach (Command command in Enum.GetValues<Command>())
            {
                commands.Add(dialect.ToString(), command.ToString());
            }
        }

        return commands;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Give_each_flag_one_meaning_in_a_command(string dialectName, string commandName)
    {
        Dialect dialect = Enum.Parse<Dialect>(dialectName);
        List<FlagRow> rows = [.. Rows(Enum.Parse<Command>(commandName)).Where(row => dialect.IsIn(row.Dialects))];

        rows.Select(row => row.Name).Should().OnlyHaveUniqueItems();
        rows.Select(row => row.Flag).Should().OnlyHaveUniqueItems();
        rows.SelectMany(row => row.Letters(dialect)).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Have_a_command_at_most_once_in_a_dialect(string dialectName, string commandName)
    {
        Dialect dialect = Enum.Parse<Dialect>(dialectName);
        Command command = Enum.Parse<Command>(commandName);

        CommandTable.Rows().Count(row => row.Command == command && dialect.IsIn(row.Dialects))
            .Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Have_a_row_for_each_command_and_flag()
    {
        Command[] commands = Enum.GetValues<Command>();

        CommandTable.Rows().Select(row => row.Command).Distinct().Order().Should().Equal(
            commands.Where(command => command != Command.None));
        commands.SelectMany(Rows).Select(row => row.Flag).Distinct().Order().Should().Equal(Enum.GetValues<Flag>());
    }

    [Fact]
    public void Tell_of_each_row_in_half_a_sentence()
    {
        IEnumerable<string> helps = CommandTable.Rows().Select(row => row.Help)
            .Concat(Enum.GetValues<Command>().SelectMany(Rows).Select(row => row.Help));

        helps.Should().OnlyContain(help => help.Length > 0 && help.Length < 100 && !help.EndsWith('.'));
    }

    [Fact]
    public void Tell_more_of_each_command_and_its_operands()
    {
        foreach (CommandRow row in CommandTable.Rows())
        {
            CommandText.About(row.Command).Should().EndWith(".", "{0} is described", row.Name);
        }
    }

    [Fact]
    public void Give_a_reason_for_each_flag_that_is_ignored()
    {
        Enum.GetValues<Command>().SelectMany(Rows).Where(row => row.Support == Support.Ignored)
            .Should().OnlyContain(row => row.Note.Length > 0);
    }

    [Theory]
    [InlineData("ID", 1, 1)]
    [InlineData("ID [SIGNAL]", 1, 2)]
    [InlineData("ID [PROGRAM [ARGUMENT...]]", 1, 1)]
    [InlineData("add|remove ID FILE", 3, 3)]
    [InlineData("[COMMAND]", 0, 1)]
    [InlineData("", 0, 0)]
    public void Count_operands_by_their_notation(string operands, int least, int most)
    {
        CommandRow row = new(Command.Run, "x", Dialects.All, CommandGroup.Life, operands, Support.Done, "");

        row.OperandCount().Should().Be((least, most));
    }

    private static IEnumerable<FlagRow> Rows(Command command) =>
        command == Command.None ? FlagTable.Globals() : [.. FlagTable.Of(command), .. FlagTable.Common()];
}

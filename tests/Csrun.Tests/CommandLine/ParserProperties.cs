using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Csrun.CommandLine;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Csrun.Tests.CommandLine;

/// <summary>Whatever is typed: no exception, and what belongs to another program comes out as it went in.</summary>
public sealed class ParserProperties
{
    private static readonly string[] s_programs = ["csrun", "runc", "crun", "/usr/bin/runc"];

    private static readonly string[] s_words =
    [
        "-", "--", "=", "-=", "--=", "web", "", "9", "-1", "--help", "-h", "-?", "--version", "--usage", "./b/", "add",
        .. CommandTable.Rows().Select(row => row.Name),
        .. Enum.GetValues<Command>().SelectMany(FlagTable.Of).Concat(FlagTable.Globals()).SelectMany(row =>
            (string[])[$"--{row.Name}", $"-{row.Name}", $"--{row.Name}=x", $"-{row.Name[0]}", $"--{row.Name[..2]}"]),
    ];

    public static Arbitrary<byte[][]> Arguments()
    {
        Gen<byte[]> word = Gen.OneOf(
            Gen.Elements(s_words).Select(Encoding.UTF8.GetBytes),
            ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => bytes.Where(b => b != 0).ToArray()));
        Gen<byte[][]> line =
            from program in Gen.Elements(s_programs)
            from words in word.ListOf()
            select (byte[][])[Encoding.UTF8.GetBytes(program), .. words];
        return line.ToArbitrary();
    }

    [Property(Arbitrary = [typeof(ParserProperties)], MaxTest = 2000)]
    public void Every_line_is_understood_or_a_usage_error(byte[][] arguments)
    {
        Invocation invocation = CommandLineParser.Parse(arguments);

        if (invocation.Error is null && invocation.Request == Request.Execute)
        {
            invocation.Command.Should().NotBe(Command.None);
            CommandTable.Find(invocation.Dialect, invocation.Command).Support.Should().Be(Support.Done);
        }

        _ = OwnAnswers.Of(invocation, "/run/csrun");
        foreach (Flag flag in Enum.GetValues<Flag>())
        {
            _ = (invocation.IsSet(flag), invocation.GetString(flag), invocation.GetNumber(flag, 0));
            _ = invocation.GetAll(flag);
        }
    }

    // exec and ps are read to the end even where they are refused.
    [Property(Arbitrary = [typeof(ParserProperties)])]
    public void The_words_of_a_program_come_out_byte_for_byte(byte[][] words)
    {
        string[] lines = ["csrun exec web", "runc exec -e A=b web", "crun --debug exec -t web", "runc ps web"];

        foreach (string line in lines)
        {
            Invocation invocation = CommandLineParser.Parse([.. Argv.Bytes(line), .. words]);

            invocation.Operands.Should().Equal("web");
            invocation.ProgramArguments.Should().BeEquivalentTo(words, options => options.WithStrictOrdering());
        }
    }

    [Property]
    public void A_value_comes_out_as_it_went_in(NonEmptyString text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.Get.Replace("\0", "", StringComparison.Ordinal));
        string value = Encoding.UTF8.GetString(bytes);
        foreach (string program in s_programs)
        {
            byte[][] apart = [.. Argv.Bytes($"{program} --root"), Encoding.UTF8.GetBytes(value), .. Argv.Bytes("list")];
            byte[][] joined =
                [.. Argv.Bytes(program), Encoding.UTF8.GetBytes($"--root={value}"), .. Argv.Bytes("list")];

            CommandLineParser.Parse(apart).GetString(Flag.Root).Should().Be(value);
            CommandLineParser.Parse(joined).GetString(Flag.Root).Should().Be(value);
        }
    }

    [Theory]
    [InlineData("csrun", "csrun: state: ID: not valid UTF-8\n")]
    [InlineData("runc", "ID: not valid UTF-8\n")]
    [InlineData("crun", "ID: not valid UTF-8\n")]
    public void An_id_that_is_not_utf8_is_refused(string program, string message)
    {
        List<byte[]> arguments = [.. Argv.Bytes($"{program} state"), [0xff, 0x41]];

        Invocation invocation = CommandLineParser.Parse([.. arguments]);

        Csrun.Reporting.ErrorReport.ForPerson(invocation.Error!.Detail, invocation.Dialect).Should().Be(message);
    }
}

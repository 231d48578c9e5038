using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class UsageErrorTests
{
    [Theory]
    [InlineData("runc foo", "No help topic for 'foo'", 3)]
    [InlineData("runc help foo", "No help topic for 'foo'", 3)]
    [InlineData("runc --nope", "flag provided but not defined: -nope", 1)]
    [InlineData("runc start --nope x", "flag provided but not defined: -nope", 1)]
    [InlineData("runc --log", "flag needs an argument: -log", 1)]
    [InlineData("runc --debug=foo list", "invalid boolean value \"foo\" for -debug: parse error", 1)]
    [InlineData("runc ---x list", "bad flag syntax: ---x", 1)]
    [InlineData("runc --=x list", "bad flag syntax: --=x", 1)]
    [InlineData("runc create --preserve-fds abc x", "invalid value \"abc\" for flag -preserve-fds: parse error", 1)]
    [InlineData("runc --log-format xml list", "invalid log-format: xml", 1)]
    [InlineData("runc list --format yaml", "invalid format option", 1)]
    [InlineData("runc start", "runc: \"start\" requires exactly 1 argument(s)", 1)]
    [InlineData("runc start a b", "runc: \"start\" requires exactly 1 argument(s)", 1)]
    [InlineData("runc kill", "runc: \"kill\" requires a minimum of 1 argument(s)", 1)]
    [InlineData("runc kill a b c", "runc: \"kill\" requires a maximum of 2 argument(s)", 1)]
    [InlineData("runc list x", "runc: \"list\" requires exactly 0 argument(s)", 1)]
    public void Are_worded_as_runc_words_them(string line, string message, int exitCode)
    {
        Invocation invocation = Argv.Parse(line);

        Argv.Error(line).Should().Be(message + "\n");
        invocation.Error!.ExitCode.Should().Be(exitCode);
    }

    [Theory]
    [InlineData("crun", "please specify a command\n", 1)]
    [InlineData("crun foo", "unknown command foo\n", 1)]
    [InlineData("crun help", "unknown command help\n", 1)]
    [InlineData("crun start", "please specify a ID for the container\n", 1)]
    [InlineData("crun start a b", "crun: `start` requires a maximum of 1 arguments\n", 1)]
    [InlineData("crun list x", "crun: `list` requires a maximum of 0 arguments\n", 1)]
    [InlineData("crun --log-format xml list", "unknown log format type xml\n", 1)]
    [InlineData("crun list --format yaml", "invalid format `yaml`\n", 1)]
    [InlineData("crun --cgroup-manager foo list", "unknown cgroup manager specified\n", 1)]
    [InlineData("crun --log a:b list", "unknown log type a:b\n", 1)]
    public void Are_worded_as_crun_words_them(string line, string message, int exitCode)
    {
        Invocation invocation = Argv.Parse(line);

        Argv.Error(line).Should().Be(message);
        invocation.Error!.ExitCode.Should().Be(exitCode);
    }

    [Theory]
    [InlineData("crun --nope", "unrecognized option '--nope'")]
    [InlineData("crun list --log-nope=/x", "unrecognized option '--log-nope=/x'")]
    [InlineData("crun list -z", "invalid option -- 'z'")]
    [InlineData("crun --log", "option '--log' requires an argument")]
    [InlineData("crun list -f", "option requires an argument -- 'f'")]
    [InlineData("crun kill --all=1 x", "option '--all' doesn't allow an argument")]
    [InlineData("crun create --p x", "option '--p' is ambiguous; possibilities: '--pid-file' '--preserve-fds'")]
    public void Are_worded_as_argp_words_them(string line, string message)
    {
        Argv.Error(line).Should().Be(
            $"crun: {message}\nTry `crun --help' or `crun --usage' for more information.\n");
        Argv.Parse(line).Error!.ExitCode.Should().Be(64);
    }

    [Theory]
    [InlineData("csrun foo", "csrun: foo: no such command\nhint: csrun --help lists them\n")]
    [InlineData("csrun strat web", "csrun: strat: no such command\nhint: did you mean start?\n")]
    [InlineData("csrun del web", "csrun: del: no such command\nhint: did you mean delete?\n")]
    [InlineData("csrun run --bundel x", "csrun: run: --bundel: no such flag\nhint: did you mean --bundle?\n")]
    [InlineData("csrun --nope", "csrun: --nope: no such flag\nhint: csrun --help lists them\n")]
    [InlineData(
        "csrun run --root /x y",
        "csrun: run: --root: no such flag\nhint: it stands before the command: csrun --root DIR run ...\n")]
    [InlineData("csrun run", "csrun: run: no ID or DIR/ given\nhint: usage: csrun run [FLAGS] ID|DIR/\n")]
    [InlineData("csrun state a b", "csrun: state: \"b\" is one argument too many\nhint: usage: csrun state ID\n")]
    [InlineData(
        "csrun delete web --force",
        "csrun: delete: \"--force\" is one argument too many\n"
        + "hint: flags stand before the arguments: csrun delete [FLAGS] ID\n")]
    [InlineData("csrun --debug=foo list", "csrun: --debug: \"foo\" is neither true nor false\n")]
    [InlineData("csrun list --format", "csrun: list: --format: no table or json given\n")]
    [InlineData("csrun list -f yaml", "csrun: list: -f: \"yaml\" is none of table, json\n")]
    [InlineData("csrun create --preserve-fds a x", "csrun: create: --preserve-fds: \"a\" is not a number\n")]
    [InlineData(
        "csrun completion tcsh",
        "csrun: completion: \"tcsh\" is none of bash, zsh, fish\nhint: usage: csrun completion bash|zsh|fish\n")]
    public void Say_as_csrun_what_to_change(string line, string message)
    {
        Argv.Error(line).Should().Be(message);
        Argv.Parse(line).Error!.ExitCode.Should().Be(1);
    }

    [Fact]
    public void Come_with_the_help_on_standard_output_as_runc()
    {
        Argv.Answer("runc start").Text.Should().StartWith("Incorrect Usage.\n\nNAME:\n   runc start - ");
        Argv.Answer("runc --nope").Text.Should().StartWith(
            "Incorrect Usage. flag provided but not defined: -nope\n\nNAME:\n   runc - Open Container Initiative");
        Argv.Answer("runc start --nope").Text.Should().StartWith(
            "Incorrect Usage: flag provided but not defined: -nope\n\nNAME:\n   runc start - ");
    }

    [Theory]
    [InlineData("csrun start")]
    [InlineData("crun start")]
    [InlineData("runc foo")]
    public void Leave_standard_output_empty_elsewhere(string line)
    {
        Argv.Answer(line).Text.Should().BeEmpty();
    }
}

using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Csrun.Tests.CommandLine;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Is_a_script_that_its_shell_can_read(string shell)
    {
        if (File.Exists($"/usr/bin/{shell}"))
        {
            (string output, int exitCode) = await Run($"/usr/bin/{shell}", "-n", Script(shell));

            output.Should().BeEmpty();
            exitCode.Should().Be(0);
        }
    }

    [Theory]
    [InlineData("csrun ''", "run create start kill delete exec pause resume update attach shim state logs wait list "
        + "ps events checkpoint restore spec plan features completion man help")]
    [InlineData("csrun sta", "start state")]
    [InlineData("csrun --log-f", "--log-format")]
    [InlineData("csrun --log-format ''", "text json")]
    [InlineData("csrun --log-format = j", "json")]
    [InlineData("csrun --log-format =", "text json")]
    [InlineData("csrun --debug --root /r list --format ''", "table json")]
    [InlineData("csrun --root = /r list -f ''", "table json")]
    [InlineData("csrun state ''", "one two --root/r")]
    [InlineData("csrun --root /r kill t", "two")]
    [InlineData("csrun kill --all one K", "KILL")]
    [InlineData("csrun create ''", "")]
    [InlineData("csrun completion z", "zsh")]
    [InlineData("csrun run --bundle /us", "/usr")]
    [InlineData("csrun run /us", "/usr")]
    public async Task Proposes_as_bash_what_the_tables_know(string words, string expected)
    {
        string script =
            $$"""
            {{Script("bash")}}
            csrun() { echo one two; [[ $1 == --root ]] && echo --root$2 || echo --root/r; }
            compopt() { :; }
            COMP_WORDS=({{words}})
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _csrun
            echo "${COMPREPLY[*]}"
            """;

        (string output, _) = await Run("/bin/bash", "-s", script);

        output.TrimEnd('\n').Should().Be(expected);
    }

    private static string Script(string shell) => Argv.Answer($"csrun completion {shell}").Text;

    private static async Task<(string Output, int ExitCode)> Run(string program, string argument, string script)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, script);
            ProcessStartInfo start = new(program)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            };
            start.ArgumentList.Add(argument);
            if (argument == "-n")
            {
                start.ArgumentList.Add(file);
            }

            using Process process = Process.Start(start) ?? throw new InvalidOperationException(program);
            if (argument == "-s")
            {
                await process.StandardInput.WriteAsync(script);
            }

            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (await output + await error, process.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }
}

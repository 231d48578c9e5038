using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Csrun.Conformance.Tests;

/// <summary>A way for a runtime to be wrong: the test must fail then, see <see cref="BrokenRuntimeTests"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrokenAttribute : Attribute
{
    /// <param name="how">
    /// config: create and run change config.json first (<paramref name="what"/>, as <see cref="Case.Set"/>).
    /// skip: the commands do nothing and succeed. exit: they succeed whatever they did. silent: they say nothing of an
    /// error. as: another command runs in the place of one. then: another one runs after it. output: what a command
    /// prints is changed, by a regular expression. never: it cannot be done, for the reason that follows.
    /// </param>
    /// <param name="what">Commands with blanks between; or the change.</param>
    /// <param name="with">The other command, or "expression => replacement".</param>
    public BrokenAttribute(string how, string what, string with = "")
    {
        How = how;
        What = what;
        With = with;
    }

    /// <summary>What is wrong.</summary>
    public string How { get; }

    /// <summary>Where.</summary>
    public string What { get; }

    /// <summary>What happens instead.</summary>
    public string With { get; }

    public override string ToString() => $"{How} {What} {With}".TrimEnd();

    /// <summary>The runtime that is wrong in this way.</summary>
    internal RunResult Run(string[] arguments, Func<string[], RunResult> run)
    {
        int at = Array.FindIndex(arguments, word => s_commands.Contains(word));
        string command = at < 0 ? "" : arguments[at];
        if (How == "config")
        {
            if (command is "create" or "run")
            {
                Change(arguments[Array.IndexOf(arguments, "--bundle") + 1]);
            }

            return run(arguments);
        }

        if (!What.Split(' ').Contains(command))
        {
            return run(arguments);
        }

        switch (How)
        {
            case "skip":
                return new RunResult(string.Join(' ', arguments), 0, 0, "", "", true, default, default);
            case "exit":
                return run(arguments) with { ExitCode = 0 };
            case "silent":
                return run(arguments) with { Stderr = "" };
            case "as":
                return run([.. arguments[..at], .. With.Split(' '), .. arguments[(at + 1)..]]);
            case "then":
                RunResult first = run(arguments);
                run([.. arguments[..at], .. With.Split(' '), arguments[^1]]);
                return first;
            case "output":
                string[] parts = With.Split(" => ");
                RunResult result = run(arguments);
                return result with { Stdout = Regex.Replace(result.Stdout, parts[0], parts[1]) };
            default:
                throw new InvalidOperationException(How);
        }
    }

    private static readonly string[] s_commands =
        ["create", "run", "start", "state", "kill", "delete", "exec", "list", "pause", "resume", "update", "features",
        "spec"];

    private void Change(string bundle)
    {
        string file = Path.Combine(bundle, "config.json");
        if (File.Exists(file) && JsonNode.Parse(File.ReadAllText(file)) is JsonObject config)
        {
            BundleChange.Apply(config, What, new Dictionary<string, string>());
            File.WriteAllText(file, config.ToJsonString());
        }
    }
}

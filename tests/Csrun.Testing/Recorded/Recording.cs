using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Testing.Recorded;

/// <summary>One call of an engine as it was recorded: a directory of tests/recordings.</summary>
/// <param name="Name">The directory, as a path below tests/recordings.</param>
public sealed record Recording(string Name)
{
    private static readonly string s_top = Repository.At("tests", "recordings");

    /// <summary>The engine that called: ctr, docker, podman, podman-rootless or buildah.</summary>
    public string Client => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The command line, the runtime's name first.</summary>
    public string[] CommandLine => File.ReadAllLines(At("argv.txt"));

    /// <summary>The name the runtime was called by: runc or crun.</summary>
    public string Runtime => CommandLine[0];

    /// <summary>The exit code that Debian's runtime had; only failures have a file.</summary>
    public int ExitCode => File.Exists(At("exit.txt"))
        ? int.Parse(File.ReadAllText(At("exit.txt")), CultureInfo.InvariantCulture)
        : 0;

    /// <summary>The container's id: the last word, but for kill, whose last one is the signal.</summary>
    public string ContainerId => CommandLine.Contains("kill") ? CommandLine[^2] : CommandLine[^1];

    /// <summary>
    /// What engines look at in a failure's message, the last one of the log: the cause behind the steps.
    /// </summary>
    public string Cause
    {
        get
        {
            string message = (string)JsonNode.Parse(File.ReadLines(At("log.txt")).Last())!["msg"]!;
            return message.Split("container process: ")[^1];
        }
    }

    /// <summary>Whether the call is a foreground run.</summary>
    public bool IsRun => CommandLine.Contains("run");

    /// <summary>Whether the call is an exec.</summary>
    public bool IsExec => CommandLine.Contains("exec");

    /// <summary>All recorded calls that have a document of this name.</summary>
    public static IEnumerable<Recording> With(string document)
    {
        return Directory.EnumerateFiles(s_top, document, SearchOption.AllDirectories)
            .Select(path => new Recording(Path.GetRelativePath(s_top, Path.GetDirectoryName(path)!)))
            .OrderBy(recording => recording.Name, StringComparer.Ordinal);
    }

    /// <summary>The document that was handed over: config.json, process.json.</summary>
    public JsonObject Document(string name)
    {
        return JsonNode.Parse(File.ReadAllText(At(name)))!.AsObject();
    }

    /// <summary>The recorded create of the container that a recorded exec entered.</summary>
    public Recording ContainerOfExec =>
        Name == "docker/userns-remap-exec" ? new("docker/userns-remap") : Next("create");

    /// <summary>Another call of the same container's life, as the engine makes it.</summary>
    public Recording Next(string command)
    {
        string life = Client == "buildah" ? "run" : "default";
        return new Recording($"{Client}/{life}/{command}");
    }

    private string At(string file)
    {
        return Path.Combine(s_top, Name, file);
    }
}

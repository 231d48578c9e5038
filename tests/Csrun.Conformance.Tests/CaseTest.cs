using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace Csrun.Conformance.Tests;

/// <summary>A table of cases, each run as it is and once broken.</summary>
public abstract class CaseTest : RowTest
{
    // The shell finds the others in itself.
    private static readonly string[] s_applets = ["sh", "cat", "echo", "id", "ls", "sleep", "true", "env", "pwd",
        "touch"];

    // $PID's file in the hierarchy of a controller: cg pids pids.max
    private const string Prelude = """
        at() { awk -F: -v c=$1 '$2 ~ "(^|,)" c "(,|$)" { print "/sys/fs/cgroup/" c $3 }' /proc/$PID/cgroup; }
        cg() { cat "$(at $1)/$2"; }

        """;

    private string _place = "";
    private int _places;

    /// <summary>The names of a table's cases, for xunit.</summary>
    private protected static TheoryData<string, string> Names(Case[] cases)
    {
        TheoryData<string, string> names = [];
        foreach (Case entry in cases)
        {
            names.Add(entry.Ids, entry.What);
        }

        return names;
    }

    /// <summary>The case holds, and under a broken configuration it does not.</summary>
    private protected void Check(Case[] cases, string ids, string what)
    {
        Case entry = cases.Single(found => found.Ids == ids && found.What == what);
        string? fault = Fault(entry, entry.Set, entry.Host);
        if (fault is not null)
        {
            throw new XunitException(fault);
        }

        if (Runtime.IsCsrun && Environment.GetEnvironmentVariable("CSRUN_CONFORMANCE_RESULTS") is null)
        {
            Case broken = entry with { Flags = entry.BrokenFlags ?? entry.Flags };
            Fault(broken, entry.Broken, entry.BrokenHost ?? entry.Host).Should()
                .NotBeNull("a case that holds under its broken configuration shows nothing");
        }
    }

    /// <summary>A name for what a case makes on the machine: nobody else has it.</summary>
    private string Name => "csrun-test-" + Path.GetFileName(Work);

    // At most 15 letters.
    private string Device => "csct" + Path.GetFileName(Work)[^5..];

    // What is against the case; null where it holds.
    private string? Fault(Case entry, string set, string host)
    {
        _place = Path.Combine(Work, "place" + ++_places);
        Directory.CreateDirectory(_place);
        Bundle bundle = new(Path.Combine(Work, "case"), s_applets);
        Shell(host, bundle).Ok();
        try
        {
            bundle.Args(entry.Kind == CaseKind.Life ? ["/bin/true"] : ["/bin/sleep", "100"]);
            BundleChange.Apply(bundle.Config, set, new Dictionary<string, string>
            {
                ["$W"] = _place,
                ["$R"] = bundle.Rootfs,
                ["$C"] = Canary,
                ["$N"] = Name,
                ["$D"] = Device,
            });
            return entry.Kind switch
            {
                CaseKind.Inside => Differs(entry, RunToEnd(entry, bundle)),
                CaseKind.Refused => Accepted(entry, bundle),
                _ => Differs(entry, LookAt(entry, bundle)),
            };
        }
        finally
        {
            Shell(entry.Undo, bundle);
            Directory.Delete(bundle.Path, recursive: true);
        }
    }

    private RuntimeBinary Called(Case entry, Bundle bundle)
    {
        return Runtime.Through(entry.Via.Length == 0 ? ""
        : $"W={_place}; B={bundle.Path}; R={bundle.Rootfs}; {entry.Via}");
    }

    private static string? Differs(Case entry, RunResult result)
    {
        string seen = result.Stdout.TrimEnd('\n');
        bool same = entry.Sees.StartsWith('~') ? Regex.IsMatch(seen, entry.Sees[1..]) : seen == entry.Sees;
        bool refused = result.ExitCode != 0 && seen.Length == 0 && !result.Command.StartsWith("sh -c ID",
        StringComparison.Ordinal);
        return result.ExitCode == 0 && same ? null
            : refused ? $"refused: {result}"
            : $"expected {entry.Sees}\nsaw      {seen}\n{result}";
    }

    private RunResult RunToEnd(Case entry, Bundle bundle)
    {
        Bundle whole = (entry.Script.Length > 0 ? bundle.Sh(entry.Script) : bundle).Save();
        return Called(entry, bundle).Run(
            ["--root", StateRoot, "run", "--bundle", whole.Path, .. entry.Flags, NewId()]);
    }

    private RunResult LookAt(Case entry, Bundle bundle)
    {
        Container container = NewContainer(bundle, Called(entry, bundle));
        RunResult created = container.TryCreate(null, entry.Flags);
        if (created.ExitCode != 0)
        {
            return created with { Stdout = "", Stderr = created.Stderr + container.Stderr.Text };
        }

        try
        {
            if (entry.Kind is CaseKind.Life or CaseKind.Exec && container.TryStart() is { ExitCode: not 0 } failed)
            {
                return failed;
            }

            if (entry.Kind == CaseKind.Life)
            {
                container.Await();
                container.Delete();
                return Shell("ID=" + container.Id + "\n" + entry.Script, bundle);
            }

            if (entry.Kind == CaseKind.Exec)
            {
                return container.Do("exec", container.Id, "/bin/sh", "-c", entry.Script);
            }

            File.WriteAllText(Path.Combine(_place, "state.json"), container.Do("state", container.Id).Ok().Stdout);
            string names = $"ID={container.Id}; PID={container.Pid}; STATE=$W/state.json\n";
            return Shell(names + Prelude + entry.Script, bundle);
        }
        finally
        {
            container.Do("delete", "--force", container.Id);
        }
    }

    private string? Accepted(Case entry, Bundle bundle)
    {
        Container container = NewContainer(bundle, Called(entry, bundle));
        RunResult created = container.TryCreate(null, entry.Flags);
        if (created.ExitCode == 0 && entry.AtStart && container.TryStart() is { ExitCode: not 0 } started)
        {
            container.Do("delete", "--force", container.Id);
            return started.Stderr.Length == 0 ? $"failed without a word: {started}" : null;
        }

        if (created.ExitCode == 0)
        {
            container.Do("delete", "--force", container.Id);
            return $"accepted: {created}";
        }

        if (created.Stderr.Length == 0)
        {
            return $"failed without a word: {created}";
        }

        if (Runtime.IsCsrun && !created.Message.Contains(entry.Says, StringComparison.Ordinal))
        {
            return $"expected the error to say {entry.Says}: {created}";
        }

        return container.Do("state", container.Id).ExitCode == 0 ? $"left a container: {created}" : null;
    }

    private RunResult Shell(string script, Bundle bundle)
    {
        RunOptions options = new()
        {
            WorkingDirectory = _place,
            Environment = [.. new RunOptions().Environment, $"W={_place}", $"R={bundle.Rootfs}", $"B={bundle.Path}",
                $"C={Canary}", $"N={Name}", $"D={Device}", $"T={Tools.Directory}"],
        };
        return script.Length == 0 ? new RunResult("", 0, 0, "", "", true, default, default)
            : Programs.Run(options, "sh", "-c", script);
    }
}

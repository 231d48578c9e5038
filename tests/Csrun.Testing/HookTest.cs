using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Testing;

/// <summary>
/// A test of hooks. They are shell scripts that leave marks in one directory of the host, which containers have at
/// /marks: a script says <c>$M</c> for it wherever it runs.
/// </summary>
public abstract class HookTest : RuntimeTest
{
    /// <summary>All kinds, in the order they run.</summary>
    protected static readonly string[] Kinds =
        ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    /// <summary>A program that ends when it is told to.</summary>
    protected const string WaitingProgram = "while [ ! -e /marks/go ]; do sleep 0.02; done";

    /// <summary>The marks' directory on the host.</summary>
    protected string Marks => Path.Combine(Work, "marks");

    /// <summary>A bundle whose hooks can leave marks.</summary>
    protected Bundle NewHookBundle()
    {
        Directory.CreateDirectory(Marks);
        Bundle bundle = NewBundle().Mount("/marks", "bind", Marks, "bind", "rw");
        bundle.Config["hooks"] = new JsonObject();
        return bundle.Sh(WaitingProgram);
    }

    /// <summary>Adds a hook that runs a script.</summary>
    protected Bundle Add(Bundle bundle, string kind, string script, Action<JsonObject>? change = null)
    {
        string marks = kind == "startContainer" ? "/marks" : Marks;
        JsonObject hook = new()
        {
            ["path"] = "/bin/sh",
            ["args"] = Strings("sh", "-c", $"M={marks}; {script}"),
        };
        change?.Invoke(hook);
        return AddRaw(bundle, kind, hook);
    }

    /// <summary>Adds a script as a hook of every kind; <c>$K</c> in it is the kind.</summary>
    protected Bundle AddAll(Bundle bundle, string script)
    {
        foreach (string kind in Kinds)
        {
            Add(bundle, kind, $"K={kind}; {script}");
        }

        return bundle;
    }

    /// <summary>Adds a hook as it stands.</summary>
    protected static Bundle AddRaw(Bundle bundle, string kind, JsonObject hook)
    {
        JsonObject hooks = bundle.Config["hooks"]!.AsObject();
        if (hooks[kind] is not JsonArray list)
        {
            hooks[kind] = list = [];
        }

        list.Add(hook);
        return bundle;
    }

    /// <summary>Texts as a JSON array.</summary>
    protected static JsonArray Strings(params string[] texts)
    {
        return new JsonArray([.. texts.Select(text => JsonValue.Create(text))]);
    }

    /// <summary>A mark's text.</summary>
    protected string Mark(string name)
    {
        return File.ReadAllText(Path.Combine(Marks, name)).TrimEnd('\n');
    }

    /// <summary>A mark's lines.</summary>
    protected IReadOnlyList<string> MarkLines(string name)
    {
        return Mark(name).Split('\n');
    }

    /// <summary>Whether a mark was left.</summary>
    protected bool HasMark(string name)
    {
        return File.Exists(Path.Combine(Marks, name));
    }

    /// <summary>Leads a container through its whole life, so that all of its hooks run.</summary>
    protected Container LiveThrough(Bundle bundle)
    {
        Container container = NewContainer(bundle).Create().Start();
        File.WriteAllText(Path.Combine(Marks, "go"), "");
        Xunit.Assert.Equal(0, container.Await());
        container.Delete();
        return container;
    }
}

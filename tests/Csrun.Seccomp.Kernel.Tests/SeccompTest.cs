using System;
using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Seccomp.Kernel.Tests;

/// <summary>A test with a program in the container that makes any system call.</summary>
public abstract class SeccompTest : RuntimeTest
{
    private const string Call = "/bin/call";
    private static readonly Lazy<string> s_call = new(Compile);

    /// <summary>A bundle whose profile has these rules, as JSON, over a default of allowing.</summary>
    protected Bundle Filtered(string rules, string others = "\"defaultAction\":\"SCMP_ACT_ALLOW\"")
    {
        Bundle bundle = NewBundle();
        bundle.Linux["seccomp"] = JsonNode.Parse("{" + others + ",\"syscalls\":[" + rules + "]}");
        File.Copy(s_call.Value, bundle.Rootfs + Call, overwrite: true);
        return bundle;
    }

    /// <summary>What a system call returns in a container; errno is negative.</summary>
    protected long Result(Bundle bundle, params string[] call)
    {
        return long.Parse(
            Run(bundle.Args([Call, .. call])).Ok().Stdout, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The exit code of a container that makes a system call and dies of it.</summary>
    protected int Death(Bundle bundle, params string[] call)
    {
        return Run(bundle.Args([Call, .. call])).ExitCode;
    }

    /// <summary>A recorded profile.</summary>
    protected static JsonNode Recorded(string path)
    {
        string text = File.ReadAllText(Repository.At("tests", "recordings", path));
        return JsonNode.Parse(text)!["linux"]!["seccomp"]!.DeepClone();
    }

    private static string Compile()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "call");
        Programs.Run(
            "gcc", "-O1", "-static", "-o", program, Path.Combine(AppContext.BaseDirectory, "call.c")).Ok();
        return program;
    }
}

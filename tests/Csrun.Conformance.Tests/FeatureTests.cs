using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Csrun.Conformance.Tests;

/// <summary>The features document, each of its words tried on a container.</summary>
public sealed class FeatureTests : RowTest
{
    [RootFact]
    [Requirement("FEA-02 FEA-03 FEA-04")]
    [Broken("output", "features", "^ => x")]
    public void FEA_01_is_the_same_json_document_each_time()
    {
        string first = Command("features").Ok().Stdout;

        JsonNode.Parse(first)!.AsObject().Should().NotBeEmpty();
        Command(new RunOptions { WorkingDirectory = "/", Environment = [] }, "features").Ok().Stdout.Should().Be(first);
    }

    [RootFact]
    [Broken("output", "features", "\"hooks\": \\[[^]]*\\] => \"hooks\": null")]
    public void FEA_05_has_no_null_where_something_is_known()
    {
        Nulls(Features()).Should().BeEmpty();
    }

    [RootFact]
    [Requirement("FEA-08")]
    [Broken("output", "features", "\"ociVersionM\\w\\w\": \"[^\"]*\" => \"x\": \"1\"")]
    public void FEA_06_has_both_versions_of_the_specification()
    {
        Text("ociVersionMin").Should().MatchRegex(StateObject.Version);
        Text("ociVersionMax").Should().MatchRegex(StateObject.Version);
    }

    [RootFact]
    [Requirement("FEA-09")]
    [Broken("config", "ociVersion='9.0.0'")]
    public void FEA_07_takes_a_config_of_either_version()
    {
        foreach (string name in new[] { "ociVersionMin", "ociVersionMax" })
        {
            Bundle bundle = NewBundle();
            bundle.Config["ociVersion"] = Text(name);
            Inside(bundle, "echo runs").Should().Be("runs");
        }
    }

    [RootFact]
    [Broken("output", "features", "\"ociVersionMax\": \"[^\"]*\" => \"ociVersionMax\": \"0.9.0\"")]
    public void FEA_10_has_a_last_version_that_is_not_before_the_first()
    {
        Version Of(string name) => new(Regex.Match(Text(name), @"^\d+\.\d+\.\d+").Value);
        Of("ociVersionMax").Should().BeGreaterThanOrEqualTo(Of("ociVersionMin"));
    }

    [RootFact]
    [Requirement("FEA-19")]
    [Broken("output", "features", "\"hooks\": => \"hocks\":")]
    public void FEA_11_has_no_members_but_the_specifications()
    {
        Features().Select(member => member.Key).Except(
            ["ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations",
                "potentiallyUnsafeConfigAnnotations"]).Should().BeEmpty();
        Linux().Select(member => member.Key).Except(
            ["namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux", "intelRdt", "memoryPolicy",
                "mountExtensions", "netDevices"]).Should().BeEmpty();
    }

    [RootFact]
    [Requirement("FEA-13")]
    [Broken("config", "hooks.startContainer-")]
    public void FEA_12_names_the_hooks_and_each_works()
    {
        string[] hooks = Words(Features()["hooks"]);
        Bundle bundle = NewHookBundle();
        foreach (string kind in hooks)
        {
            Add(bundle, kind, $"touch $M/{kind}");
        }

        LiveThrough(bundle);

        hooks.Should().BeEquivalentTo(Kinds).And.OnlyContain(kind => HasMark(kind));
    }

    [RootFact]
    [Requirement("FEA-15 FEA-16 CFG-MNT-12 CFG-MNT-22 CFG-MOPT-70")]
    [Broken("output", "features", "\"async\" => \"size=1\"")]
    public void FEA_14_names_the_mount_options_and_each_is_known()
    {
        string[] options = Words(Features()["mountOptions"]);
        Bundle bundle = NewBundle().WritableRoot();
        foreach (string option in options.Where(option => !option.EndsWith("idmap", StringComparison.Ordinal)))
        {
            string place = option is "remount" ? "/mnt/async" : "/mnt/" + option;
            bool links = option is "copy-symlink" or "src-nofollow" or "dest-nofollow";
            bool binds = links || option is "bind" or "rbind";
            string[] all = option is "remount" ? ["bind", "remount", "ro"] : links ? ["bind", option] : [option];
            bundle.Mount(place, binds ? "none" : "tmpfs", binds ? Canary : "x", all);
        }

        Run(bundle.Sh("true")).Ok();

        options.Should().Contain(["ro", "nosuid", "bind", "rbind", "rprivate"]).And.NotContain(option =>
        option.Contains('='));
    }

    [RootFact]
    [Requirement("FEA-20 FEA-21")]
    [Broken("output", "features", "\"annotations\": \\{ => \"annotations\": {\"\": \"x\",")]
    public void FEA_18_has_annotations_that_are_texts()
    {
        foreach ((string key, JsonNode? value) in Features()["annotations"]!.AsObject())
        {
            key.Should().NotBeEmpty();
            value!.GetValueKind().Should().Be(JsonValueKind.String);
        }
    }

    [RootFact]
    [Requirement("FEA-23")]
    [Broken("output", "features", "\"org.systemd.property.\" => \"org.systemd.property\"")]
    public void FEA_22_names_annotations_that_change_what_it_does()
    {
        Words(Features()["potentiallyUnsafeConfigAnnotations"]).Should().Contain("org.systemd.property.");
    }

    [RootFact]
    [Requirement("FEA-17 FEL-02")]
    [Broken("output", "features", "\"network\" => \"net\"")]
    public void FEL_01_names_the_namespaces_and_each_is_made()
    {
        string[] namespaces = Words(Linux()["namespaces"]);
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"] = new JsonArray([.. namespaces.Select(kind => new JsonObject { ["type"] = kind })]);
        foreach (string map in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[map] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100_000, ["size"] = 65_536 });
        }

        string seen = Inside(bundle,
            "cd /proc/self/ns; for n in mnt net ipc uts pid user cgroup time; do readlink $n; done");

        string[] outside = [.. "mnt net ipc uts pid user cgroup time".Split(' ')
            .Select(name => new FileInfo("/proc/self/ns/" + name).LinkTarget!)];
        seen.Split('\n').Intersect(outside).Should().HaveCount(8 - namespaces.Length);
    }

    [RootFact]
    [Requirement("FEL-04")]
    [Broken("output", "features", "\"CAP_CHOWN\" => \"CAP_FOO\"")]
    public void FEL_03_names_the_capabilities_and_knows_each()
    {
        string[] names = Words(Linux()["capabilities"]);

        RunResult result = Run(NewBundle().Capabilities(names).Sh("true"));

        names.Should().HaveCount(41);
        result.Message.Should().NotContain("no capability is named").And.NotContain("unknown cap");
    }

    [RootFact]
    [Requirement("FEL-06 FEL-07 FEL-08 FEL-09 FEL-10")]
    [Broken("output", "features", "\"v2\": true => \"v2\": 1")]
    public void FEL_05_says_which_cgroups_it_can_do_whatever_the_host_has()
    {
        Truths("cgroup", "v1", "v2", "systemd", "systemdUser", "rdma");
    }

    [RootFact]
    [Requirement("FEL-12 FEL-13 FEL-14")]
    [Broken("output", "features", "\"SCMP_ACT_KILL\" => \"SCMP_ACT_FOO\"")]
    public void FEL_11_names_the_actions_of_seccomp_and_each_is_known()
    {
        string[] actions = Words(Seccomp("actions"));
        string rules = string.Join(',', actions.Where(action => action != "SCMP_ACT_NOTIFY").Select((action, number) =>
            $$"""
            {"names":["getpriority"],"action":"{{action}}","args":[{"index":5,"value":{{number}},"op":"SCMP_CMP_EQ"}]}
            """));

        RunsWith($$"""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{{rules}}]}""");

        ((bool)Linux()["seccomp"]!["enabled"]!).Should().BeTrue();
        actions.Should().Contain(["SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW", "SCMP_ACT_KILL"]);
    }

    [RootFact]
    [Requirement("FEL-16")]
    [Broken("output", "features", "\"SCMP_CMP_NE\" => \"SCMP_CMP_FOO\"")]
    public void FEL_15_names_the_operators_of_seccomp_and_each_is_known()
    {
        string[] operators = Words(Seccomp("operators"));
        string rules = string.Join(',', operators.Select(op =>
            $$"""{"names":["getpriority"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"value":1,"op":"{{op}}"}]}"""));

        RunsWith($$"""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{{rules}}]}""");

        operators.Should().HaveCount(7);
    }

    [RootFact]
    [Requirement("FEL-18")]
    [Broken("output", "features", "\"SCMP_ARCH_X32\" => \"SCMP_ARCH_FOO\"")]
    public void FEL_17_names_the_architectures_of_seccomp_and_each_is_known()
    {
        string[] otherByteOrder = ["MIPS", "MIPS64", "MIPS64N32", "PPC", "PPC64", "S390", "S390X", "PARISC",
        "PARISC64", "M68K",
            "SHEB"];
        string[] tried = [.. Words(Seccomp("archs")).Where(name =>
        !otherByteOrder.Contains(name["SCMP_ARCH_".Length..]))];

        RunsWith($$"""{"defaultAction":"SCMP_ACT_ALLOW","architectures":{{JsonSerializer.Serialize(tried)}}}""");

        tried.Should().Contain("SCMP_ARCH_X86_64");
    }

    [RootFact]
    [Requirement("FEL-20 FEL-21 FEL-22")]
    [Broken("output", "features", "\"SECCOMP_FILTER_FLAG_LOG\" => \"SECCOMP_FILTER_FLAG_FOO\"")]
    public void FEL_19_names_the_flags_of_seccomp_and_those_that_work_here()
    {
        string[] known = Words(Seccomp("knownFlags"));
        string[] supported = Words(Seccomp("supportedFlags"));

        supported.Should().BeSubsetOf(known).And.NotBeEmpty();
        RunsWith($$"""{"defaultAction":"SCMP_ACT_ALLOW","flags":{{Seccomp("supportedFlags")!.ToJsonString()}}}""");
    }

    [RootFact]
    [Requirement("FEL-24 FEL-25 FEL-26")]
    [Broken("output", "features", "\"enabled\": \\w+ => \"enabled\": 1")]
    public void FEL_23_says_whether_it_can_do_labels()
    {
        Truths("apparmor", "enabled");
        Truths("selinux", "enabled");
    }

    [RootFact]
    [Requirement("FEL-28 FEL-29 FEL-30 FEL-31")]
    [Broken("output", "features", "\"MPOL_BIND\" => \"MPOL_FOO\"")]
    public void FEL_27_names_the_memory_policies_and_each_is_known()
    {
        JsonNode policy = Linux()["memoryPolicy"]!;
        foreach (string mode in Words(policy["modes"]))
        {
            Bundle bundle = NewBundle();
            string nodes = mode is "MPOL_DEFAULT" or "MPOL_LOCAL" ? "" : "0";
            bundle.Linux["memoryPolicy"] = new JsonObject { ["mode"] = mode, ["nodes"] = nodes };
            Run(bundle.Sh("true")).Ok();
        }

        foreach (string flag in Words(policy["flags"]))
        {
            Bundle bundle = NewBundle();
            bundle.Linux["memoryPolicy"] =
                new JsonObject { ["mode"] = "MPOL_BIND", ["nodes"] = "0", ["flags"] = new JsonArray(flag) };
            Run(bundle.Sh("true")).Ok();
        }
    }

    [RootFact]
    [Requirement("FEL-33 FEL-36 FEL-37 FEL-38 FEL-39 FEL-40 FEL-41")]
    [Broken("output", "features", "\"intelRdt\": => \"intelRdta\":")]
    public void FEL_32_says_what_else_it_can_do()
    {
        Truths("intelRdt", "enabled");
        Truths("netDevices", "enabled");
        Linux()["mountExtensions"]!["idmap"]!["enabled"]!.GetValueKind().Should().BeOneOf(JsonValueKind.True,
        JsonValueKind.False);
    }

    private JsonObject Features() => JsonNode.Parse(Command("features").Ok().Stdout)!.AsObject();

    private JsonObject Linux() => Features()["linux"]!.AsObject();

    private JsonNode? Seccomp(string member) => Linux()["seccomp"]![member];

    private string Text(string name) => StateObject.Text(Features(), name);

    private static string[] Words(JsonNode? node) => [.. node!.AsArray().Select(word => (string)word!)];

    private void Truths(string member, params string[] names)
    {
        foreach (string name in names)
        {
            Linux()[member]![name]!.GetValueKind().Should().BeOneOf(JsonValueKind.True, JsonValueKind.False);
        }
    }

    private void RunsWith(string seccomp)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["seccomp"] = JsonNode.Parse(seccomp);
        Run(bundle.Sh("true")).Ok();
    }

    private static IEnumerable<string> Nulls(JsonObject node)
    {
        return node.Where(member => member.Value is null).Select(member => member.Key)
            .Concat(node.Select(member => member.Value).OfType<JsonObject>().SelectMany(Nulls));
    }
}

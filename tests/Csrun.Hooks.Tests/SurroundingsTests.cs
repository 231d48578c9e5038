using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Hooks.Tests;

/// <summary>What a hook is given, and what it sees around it.</summary>
public sealed class SurroundingsTests : HookTest
{
    private static readonly string[] s_namespaces = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];

    // The shell stays (hence the colons), for its environment goes with it; the host's /proc does not have a
    // container's $$.
    private const string PrintEnvironment =
        "f=/proc/$$/environ; [ $K = createContainer ] && f=/proc/self/environ; tr '\\0' '\\n' <$f";

    [RootFact]
    public void Are_in_the_namespaces_of_the_runtime_or_of_the_container()
    {
        Bundle bundle = AddAll(
            NewHookBundle(), $"for n in {string.Join(' ', s_namespaces)}; do readlink /proc/self/ns/$n; done >$M/$K");
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "cgroup" });
        Container container = NewContainer(bundle).Create();
        string[] inside = Links(container.Pid.ToString(CultureInfo.InvariantCulture));
        container.Start();
        container.Kill().Ok();
        container.Await();
        container.Delete();

        string[] outside = Links("self");
        inside.Zip(outside).Count(pair => pair.First == pair.Second)
            .Should().Be(1, "only the user namespace is shared");
        foreach (string kind in Kinds)
        {
            MarkLines(kind)
                .Should().Equal(kind.EndsWith("Container", System.StringComparison.Ordinal) ? inside : outside, kind);
        }
    }

    [CsrunFact]
    public void Are_root_of_the_containers_user_namespace_where_it_has_one()
    {
        Bundle bundle = NewHookBundle();
        Directory.CreateDirectory(Path.Combine(bundle.Rootfs, "marks"));
        _ = Syscall.chmod(Marks, (FilePermissions)0x1ff);
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string map in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[map] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100_000, ["size"] = 65_536 });
        }

        AddAll(bundle, "id -u >$M/$K; readlink /proc/self/ns/user >>$M/$K");
        Container container = NewContainer(bundle).Create();
        string inside = new FileInfo($"/proc/{container.Pid}/ns/user").LinkTarget!;
        string outside = new FileInfo("/proc/self/ns/user").LinkTarget!;
        container.Start();
        container.Kill().Ok();
        container.Await();
        container.Delete();

        foreach (string kind in Kinds)
        {
            bool ofContainer = kind.EndsWith("Container", System.StringComparison.Ordinal);
            MarkLines(kind).Should().Equal(["0", ofContainer ? inside : outside], kind);
        }

        _ = Syscall.lstat(Path.Combine(Marks, "createContainer"), out Stat made);
        made.st_uid.Should().Be(100_000);
    }

    [RootFact]
    public void Read_the_state_of_the_moment()
    {
        Bundle bundle = AddAll(NewHookBundle(), "cat >$M/$K");
        bundle.Config["annotations"] = new JsonObject { ["com.example.quote"] = "a \"b\" \\ c\n", ["empty"] = "" };
        Container container = NewContainer(bundle).Create();
        int pid = container.Pid;
        container.Start();
        container.Kill().Ok();
        container.Await();
        container.Delete();

        // runc 1.1.5 runs poststart at create.
        string started = Runtime.IsCsrun ? "running" : "created";
        string[] statuses = ["creating", "creating", "creating", "created", started, "stopped"];
        int?[] pids = [pid, pid, 1, 1, pid, null];
        foreach ((string kind, int i) in Kinds.Select((kind, i) => (kind, i)))
        {
            JsonObject state = JsonNode.Parse(Mark(kind))!.AsObject();
            ((string?)state["status"]).Should().Be(statuses[i], kind);
            ((int?)state["pid"]).Should().Be(pids[i], kind);
            ((string?)state["id"]).Should().Be(container.Id);
            ((string?)state["bundle"]).Should().Be(bundle.Path);
            ((string?)state["ociVersion"]).Should().StartWith("1.");
            state["annotations"]!.ToJsonString().Should().Be(bundle.Config["annotations"]!.ToJsonString());
            state.ContainsKey("pid").Should().Be(pids[i] is not null);
        }
    }

    [RootFact]
    public void Read_a_state_that_is_larger_than_a_pipe()
    {
        Bundle bundle = NewHookBundle();
        bundle.Config["annotations"] = new JsonObject { ["large"] = new string('x', 300_000) };
        AddAll(bundle, "cat >$M/$K");

        _ = LiveThrough(bundle);

        Kinds.Should().OnlyContain(
            kind => (string)JsonNode.Parse(Mark(kind))!["annotations"]!["large"]! == new string('x', 300_000));
    }

    [RootFact]
    public void Need_not_read_it()
    {
        Bundle bundle = NewHookBundle();
        bundle.Config["annotations"] = new JsonObject { ["large"] = new string('x', 300_000) };
        AddAll(bundle, "exec <&-; sleep 0.05");

        _ = LiveThrough(bundle);
    }

    [RootFact]
    public void Get_exactly_the_environment_they_name()
    {
        Bundle bundle = NewHookBundle();
        foreach (string kind in Kinds)
        {
            Add(
                bundle, kind, $"K={kind}; {PrintEnvironment} >$M/$K; :",
                hook => hook["env"] = Strings("ONE=1", "TWO=two words"));
            Add(bundle, kind, $"K={kind}; {PrintEnvironment} >$M/$K.empty; :", hook => hook["env"] = new JsonArray());
        }

        _ = LiveThrough(bundle);

        foreach (string kind in Kinds)
        {
            MarkLines(kind).Should().Equal(["ONE=1", "TWO=two words"], kind);
            Mark(kind + ".empty").Should().BeEmpty(kind);
        }
    }

    [RootFact]
    public void Get_the_runtimes_or_the_programs_environment_where_they_name_none()
    {
        Bundle bundle = AddAll(NewHookBundle().Env("OF_PROGRAM=yes"), PrintEnvironment + " >$M/$K; :");

        _ = LiveThrough(bundle);

        foreach (string kind in Kinds)
        {
            bool ofContainer = kind.EndsWith("Container", System.StringComparison.Ordinal);
            MarkLines(kind).Contains("OF_PROGRAM=yes").Should().Be(ofContainer, kind);
            MarkLines(kind).Contains("LANG=C.UTF-8").Should().Be(!ofContainer, kind);
            MarkLines(kind).Should().NotContain(entry => entry.StartsWith('_'), "nothing of csrun's own goes on");
        }
    }

    [RootFact]
    public void Get_their_arguments_the_name_included()
    {
        Bundle bundle = NewHookBundle();
        Add(bundle, "createRuntime", "", hook => hook["args"] = Strings(
            "any name", "-c", $"tr '\\0' '\\n' </proc/self/cmdline >{Marks}/arguments; : # last", "x y", "last"));

        _ = LiveThrough(bundle);

        MarkLines("arguments")[0].Should().Be("any name");
        Mark("arguments").Should().EndWith("\nx y\nlast");
    }

    [RootFact]
    public void Get_their_path_as_the_name_where_they_have_no_arguments()
    {
        Bundle bundle = NewHookBundle();
        string script = Script("#!/bin/sh\necho \"$0 $#\" >>" + Marks + "/arguments\n");
        AddRaw(bundle, "createRuntime", new JsonObject { ["path"] = script });
        AddRaw(bundle, "createRuntime", new JsonObject { ["path"] = script, ["args"] = new JsonArray() });

        _ = LiveThrough(bundle);

        MarkLines("arguments").Should().Equal($"{script} 0", $"{script} 0");
    }

    [RootFact]
    public void Start_in_the_bundle_the_root_or_the_programs_directory()
    {
        Bundle bundle = AddAll(NewHookBundle(), "pwd >$M/$K");
        bundle.Process["cwd"] = "/marks";

        _ = LiveThrough(bundle);

        // Debian's runc leaves poststop in the caller's directory.
        string stop = Runtime.IsCsrun ? bundle.Path : Mark("poststop");
        Kinds.Select(Mark).Should().Equal(bundle.Path, bundle.Path, bundle.Rootfs, "/marks", bundle.Path, stop);
    }

    [RootFact]
    public void Are_the_programs_user_at_start()
    {
        Bundle bundle = NewHookBundle().User(1000, 1000);
        _ = Syscall.chmod(Marks, (FilePermissions)0x1ff);
        Add(bundle, "createContainer", "id -u >$M/create");
        Add(bundle, "startContainer", "id -u >$M/start; grep NoNewPrivs /proc/self/status >>$M/start");

        Container container = NewContainer(bundle).Create().Start();

        Mark("create").Should().Be("0");
        MarkLines("start").Should().Equal("1000", "NoNewPrivs:\t1");
        container.Kill().Ok();
    }

    [CsrunFact]
    public void Have_no_descriptors_but_their_streams()
    {
        Bundle bundle = AddAll(
            NewHookBundle(),
            "ls -l /proc/self/fd >$M/list; grep -v ' -> /proc/' $M/list | sed -n 's/.* \\([0-9]*\\) -> .*/\\1/p' "
                + ">$M/$K");
        using FileStream held = File.OpenRead("/etc/passwd");
        int fd = (int)held.SafeFileHandle.DangerousGetHandle();
        RunOptions careless = new() { ExtraFds = [.. Enumerable.Repeat(fd, 20)] };

        _ = Run(bundle.Sh("exit 0"), careless, "--preserve-fds", "2").Ok();

        foreach (string kind in Kinds)
        {
            // The listing itself goes to a file, which is its standard output.
            MarkLines(kind).Select(int.Parse).Order().Should().Equal([0, 1, 2], kind);
        }
    }

    [CsrunFact]
    public void Lead_a_process_group_and_have_default_signals()
    {
        Bundle bundle = AddAll(
            NewHookBundle(),
            "cut -d' ' -f4,5 /proc/self/stat >$M/$K.ids; exec grep -E 'Sig(Ign|Blk)' /proc/self/status >$M/$K");

        _ = LiveThrough(bundle);

        foreach (string kind in Kinds)
        {
            // libc's posix_spawn leaves its own two signals, 32 and 33, ignored.
            MarkLines(kind).Should().Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000180000000"], kind);
            string[] ids = Mark(kind + ".ids").Split(' ');
            ids[0].Should().Be(ids[1], kind);
        }
    }

    private string Script(string text)
    {
        string path = Path.Combine(Work, "hook.sh");
        File.WriteAllText(path, text);
        _ = Syscall.chmod(path, (FilePermissions)0x1ed);
        return path;
    }

    private static string[] Links(string process)
    {
        return [.. s_namespaces.Select(kind => new FileInfo($"/proc/{process}/ns/{kind}").LinkTarget!)];
    }
}

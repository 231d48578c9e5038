using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Csrun.Testing.Outside;

namespace Csrun.Conformance.Tests;

/// <summary>The state object, as `state` prints it and hooks read it.</summary>
public sealed class StateTests : HookTest
{
    [RootFact]
    [Broken("output", "state", "ociVersion => version")]
    public void STA_01_has_the_version_of_the_specification()
    {
        Container container = NewContainer(NewBundle()).Create();

        StateObject.Text(container.State(), "ociVersion").Should().MatchRegex(StateObject.Version);
    }

    [RootTheory]
    [InlineData("")]
    [InlineData("A.b_c+d-")]
    [Broken("output", "state", "\"id\" => \"ID\"")]
    public void STA_02_has_the_id_given_to_create(string suffix)
    {
        Bundle bundle = NewBundle().Sh("exit").Save();
        string id = NewId() + suffix;
        using Pipe output = new();
        using Pipe errors = new();
        Command(new RunOptions { Stdout = output, Stderr = errors }, "create", "--bundle", bundle.Path, id).Ok();

        string state = Command("state", id).Ok().Stdout;

        Command("delete", "--force", id).Ok();
        ((string?)JsonNode.Parse(state)!["id"]).Should().Be(id);
    }

    [RootFact]
    [Broken("exit", "create")]
    public void STA_03_is_alone_with_its_id()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        string before = container.State().ToJsonString();
        ulong started = Processes.Find(container.Pid)!.StartTime;

        Command("create", "--bundle", NewBundle().Save().Path, container.Id).Fails("already exists");

        container.State().ToJsonString().Should().Be(before);
        Processes.Find(container.Pid)!.StartTime.Should().Be(started);
    }

    [RootFact]
    [Broken("output", "state", "\"status\" => \"state\"")]
    public void STA_04_has_a_status_in_every_reply_and_for_every_hook()
    {
        StatesOfALife().Should().HaveCount(9).And.OnlyContain(state => StateObject.Text(state, "status").Length > 0);
    }

    [RootFact]
    [Broken("output", "state", "running => created")]
    public void STA_05_is_created_then_running_then_stopped_even_as_a_zombie()
    {
        Container container = NewContainer(NewHookBundle()).Create();
        container.Status().Should().Be("created");

        container.Start();
        container.Status().Should().Be("running");

        File.WriteAllText(Path.Combine(Marks, "go"), "");
        container.AwaitStatus("stopped");
        Processes.Find(container.Pid)!.State.Should().Be('Z', "nobody has reaped it");
        container.Await().Should().Be(0);
        container.Status().Should().Be("stopped");
    }

    [RootFact]
    [Broken("output", "state", "creating => created")]
    public async Task STA_05_is_creating_while_create_goes_on()
    {
        Bundle bundle = Add(
            NewHookBundle(), "createRuntime", "touch $M/reached; while [ ! -e $M/on ]; do sleep 0.02; done");
        Container container = NewContainer(bundle);
        Task<RunResult> create = Task.Run(() => container.TryCreate());
        SpinUntil(() => HasMark("reached"));

        RunResult state = container.Do("state", container.Id);

        await File.WriteAllTextAsync(Path.Combine(Marks, "on"), "");
        (await create).Ok();
        ((string?)JsonNode.Parse(state.Ok().Stdout)!["status"]).Should().Be("creating");
        container.Status().Should().Be("created");
    }

    [RootFact]
    [Broken("skip", "kill")]
    public void STA_05_is_stopped_after_a_created_one_was_killed()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Kill().Ok();

        container.AwaitStatus("stopped");
    }

    [RootFact]
    [Broken("output", "state", "paused => running")]
    public void STA_06_and_07_is_paused_only_while_it_is_frozen()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        container.Status().Should().Be("running");

        container.Do("pause", container.Id).Ok();
        container.Status().Should().Be("paused");

        container.Do("resume", container.Id).Ok();
        container.Status().Should().Be("running");
        container.Kill().Ok();
        container.AwaitStatus("stopped");
    }

    [RootFact]
    [Broken("output", "state", "\"pid\" => \"x\"")]
    public void STA_08_has_the_pid_of_the_containers_process_as_long_as_it_lives()
    {
        const string Spaces = "mnt pid uts ipc net";
        Container container = NewContainer(
            NewBundle().Sh($"for n in {Spaces}; do readlink /proc/self/ns/$n; done")).Create();
        int pid = (int)container.State()["pid"]!;
        pid.Should().BePositive().And.Be(container.Pid);

        string[] links = [.. Spaces.Split(' ').Select(name => new FileInfo($"/proc/{pid}/ns/{name}").LinkTarget!)];
        container.Start().Await();

        container.Stdout.Await(string.Join('\n', links) + "\n");
        ((int?)container.State()["pid"] ?? 0).Should().Be(0);
    }

    [RootFact]
    [Broken("output", "state", "\"pid\": \\d+ => \"pid\": 1")]
    public void STA_08_keeps_the_pid_when_it_runs()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create();
        int created = (int)container.State()["pid"]!;

        container.Start();

        ((int)container.State()["pid"]!).Should().Be(created);
        Wait.Until(() => File.ReadAllText($"/proc/{created}/cmdline"), line => line.Contains("sleep"));
    }

    [RootFact]
    [Broken("config", "hooks.createContainer=[]")]
    public void STA_09_has_the_pid_that_the_hooks_pid_namespace_knows()
    {
        Bundle bundle = AddAll(NewHookBundle(), "cat >$M/$K");
        Container container = NewContainer(bundle).Create().Start();
        int pid = container.Pid;
        container.Kill().Ok();
        container.Await();
        container.Delete();

        foreach (string kind in new[] { "prestart", "createRuntime", "poststart" })
        {
            ((int?)Read(kind)["pid"]).Should().Be(pid, kind);
        }

        foreach (string kind in new[] { "createContainer", "startContainer" })
        {
            ((int?)Read(kind)["pid"]).Should().Be(1, kind);
        }

        ((int?)Read("poststop")["pid"] ?? 0).Should().Be(0);
    }

    [RootFact]
    [Broken("output", "state", "\"bundle\": \" => \"bundle\": \".")]
    public void STA_10_has_the_bundles_absolute_path()
    {
        Bundle bundle = NewBundle().Save();
        Container container = NewContainer(bundle);
        RunOptions options = new() { WorkingDirectory = Work, Stdout = container.Stdout, Stderr = container.Stderr };
        Command(options, "create", "--bundle", Path.GetFileName(bundle.Path), container.Id).Ok();

        string seen = StateObject.Text(container.State(), "bundle");

        seen.Should().StartWith("/").And.Be(bundle.Path);
        File.Exists(Path.Combine(seen, "config.json")).Should().BeTrue();
    }

    [RootFact]
    [Broken("config", "annotations-")]
    public void STA_11_has_the_annotations_as_they_were_given()
    {
        JsonObject annotations = new() { ["org.example.one"] = "a \"b\" \\ \n\u00fc\ud83d\ude00", ["two"] = "" };
        Bundle bundle = NewBundle();
        bundle.Config["annotations"] = annotations.DeepClone();
        Container container = NewContainer(bundle).Create();

        container.State()["annotations"]!.ToJsonString().Should().Be(annotations.ToJsonString());
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Broken("output", "state", "\"id\" => \"annotations\": {\"a\": \"b\"}, \"id\"")]
    public void STA_12_has_no_annotations_where_there_are_none(bool empty)
    {
        Bundle bundle = NewBundle();
        bundle.Config.Remove("annotations");
        if (empty)
        {
            bundle.Config["annotations"] = new JsonObject();
        }

        JsonNode? annotations = NewContainer(bundle).Create().State()["annotations"];

        (annotations?.AsObject().Count ?? 0).Should().Be(0);
    }

    [RootFact]
    [Broken("output", "state", "\"rootfs\" => \"root\"")]
    public void STA_13_has_more_members_beside_those_of_the_specification()
    {
        JsonObject state = NewContainer(NewBundle()).Create().State();

        state.Select(member => member.Key).Should().Contain("rootfs").And.Contain("created");
        StateObject.Faults(state).Should().BeEmpty();
    }

    [RootFact]
    [Broken("output", "state", "\"id\" => \"ID\"")]
    public void STA_14_conforms_to_the_schema_at_every_moment()
    {
        foreach (JsonObject state in StatesOfALife())
        {
            StateObject.Faults(state).Should().BeEmpty(state.ToJsonString());
        }
    }

    /// <summary>What `state` printed three times and what hooks of all kinds read.</summary>
    private List<JsonObject> StatesOfALife()
    {
        Bundle bundle = AddAll(NewHookBundle(), "cat >$M/$K");
        bundle.Config["annotations"] = new JsonObject { ["org.example.one"] = "1" };
        Container container = NewContainer(bundle).Create();
        List<JsonObject> seen = [container.State()];
        seen.Add(container.Start().State());
        container.Kill().Ok();
        container.Await();
        seen.Add(container.State());
        container.Delete();
        return [.. seen, .. Kinds.Select(Read)];
    }

    private JsonObject Read(string kind)
    {
        return JsonNode.Parse(Mark(kind))!.AsObject();
    }

    private static void SpinUntil(System.Func<bool> condition)
    {
        System.Threading.SpinWait.SpinUntil(condition, System.TimeSpan.FromSeconds(10)).Should().BeTrue();
    }
}

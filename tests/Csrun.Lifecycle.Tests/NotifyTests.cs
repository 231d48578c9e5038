using System;
using System.IO;
using System.Threading.Tasks;

namespace Csrun.Lifecycle.Tests;

/// <summary>$NOTIFY_SOCKET (sd_notify(3)): whoever started csrun hears when the program is ready.</summary>
public sealed class NotifyTests : RuntimeTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_never = TimeSpan.FromMilliseconds(200);

    private NotifyManager NewManager => new(Path.Combine(Work, "manager"));

    [RootFact]
    public async Task Start_lasts_until_the_program_is_ready()
    {
        using NotifyManager manager = NewManager;
        using Pipe stdin = new();
        Container container = NewContainer(Sender("read line; /send READY=1; exec sleep 100"));
        container.TryCreate(With(manager) with { StdinFd = stdin.ReadEnd.Number }).Ok();

        Task<RunResult> start = Task.Run(() => Command(With(manager), "start", container.Id));

        container.AwaitStatus("running");
        manager.Next(s_never).Should().BeNull();
        start.IsCompleted.Should().BeFalse();
        stdin.WriteEnd.Dispose();
        (await start).Ok();
        manager.Next(s_soon).Should().Be($"MAINPID={container.Pid}\nREADY=1\n");
        manager.Next(s_soon).Should().Be("BARRIER=1");
    }

    [RootFact]
    public void Start_ends_with_a_program_that_never_was_ready()
    {
        using NotifyManager manager = NewManager;
        Container container = NewContainer(Sender("exit 3"));
        container.TryCreate(With(manager)).Ok();

        Command(With(manager), "start", container.Id).Ok();

        manager.Next(s_never).Should().BeNull();
        container.Await().Should().Be(3);
    }

    [RootFact]
    public void Run_in_the_foreground_goes_on_after_it()
    {
        using NotifyManager manager = NewManager;

        Run(Sender("/send READY=1; exit 4"), With(manager)).Exits(4);

        manager.Next(s_soon).Should().MatchRegex("^MAINPID=[0-9]+\nREADY=1\n$");
        manager.Next(s_never).Should().BeNull();
    }

    [RootFact]
    public void Run_in_the_background_lasts_until_it()
    {
        using NotifyManager manager = NewManager;
        using Pipe output = new();
        string id = NewId();
        Bundle bundle = Sender("sleep 0.3; /send READY=1; exec sleep 100").Save();

        RunResult result = Command(
            With(manager) with { Stdout = output, Stderr = output }, "run", "--detach", "--bundle", bundle.Path, id);

        result.Ok().Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(0.3));
        manager.Next(s_soon).Should().EndWith("READY=1\n");
        Command("delete", "--force", id).Ok();
    }

    [RootFact]
    public void Passes_nothing_else_on()
    {
        using NotifyManager manager = NewManager;

        Run(
            Sender("/send STATUS=hello STOPPING=1 XREADY=1 READY=10 \"$(printf 'MAINPID=1\\nREADY=1')\" MAINPID=1"),
            With(manager)).Ok();

        manager.Next(s_soon).Should().MatchRegex("^MAINPID=[0-9]{2,}\nREADY=1\n$");
        manager.Next(s_never).Should().BeNull();
    }

    [RootFact]
    public void The_program_finds_it_where_runc_has_it_and_cannot_replace_it()
    {
        using NotifyManager manager = NewManager;
        Bundle bundle = Sender("echo $NOTIFY_SOCKET; rm /run/notify/notify.sock; /send READY=1")
            .Env("NOTIFY_SOCKET=/elsewhere").User(1000, 1000);

        RunResult result = Run(bundle, With(manager)).Ok();

        result.Stdout.Should().Be("/run/notify/notify.sock\n");
        result.Stderr.Should().Contain("Read-only file system");
        manager.Next(s_soon).Should().EndWith("READY=1\n");
    }

    [RootFact]
    public void Without_a_mount_namespace_there_is_no_place_for_it()
    {
        using NotifyManager manager = NewManager;
        Bundle bundle = Sender("echo \"[$NOTIFY_SOCKET]\"").WithoutNamespace("mount");
        bundle.Config["mounts"] = new System.Text.Json.Nodes.JsonArray();
        bundle.Linux.Remove("maskedPaths");
        bundle.Linux.Remove("readonlyPaths");

        Run(bundle, With(manager)).Ok().Stdout.Should().Be("[]\n");

        Directory.Exists("/run/notify").Should().BeFalse();
    }

    [RootFact]
    public void The_root_of_a_user_namespace_is_heard_too()
    {
        using NotifyManager manager = NewManager;
        Bundle bundle = Sender("/send READY=1");
        Directory.CreateDirectory(Path.Combine(bundle.Rootfs, "run", "notify")); // the root belongs to another user
        bundle.Linux["namespaces"]!.AsArray().Add(new System.Text.Json.Nodes.JsonObject { ["type"] = "user" });
        foreach (string mappings in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[mappings] = System.Text.Json.Nodes.JsonNode.Parse(
                """[{"containerID": 0, "hostID": 100000, "size": 65536}]""");
        }

        Run(bundle, With(manager)).Ok();

        manager.Next(s_soon).Should().EndWith("READY=1\n");
    }

    [RootFact]
    public void Without_it_the_program_gets_none()
    {
        Inside(NewBundle(), "echo $NOTIFY_SOCKET; ls /run").Should().BeEmpty();
    }

    [CsrunFact]
    public void A_start_that_cannot_tell_leaves_the_container_as_it_was()
    {
        NotifyManager manager = NewManager;
        Container container = NewContainer(Sender("exit 0"));
        container.TryCreate(With(manager)).Ok();
        manager.Dispose();

        Command(With(manager), "start", container.Id).Exits(1)
            .Stderr.Should().Contain($"NOTIFY_SOCKET: connect {manager.Path}: no such file or directory");

        container.Status().Should().Be("created");
    }

    [CsrunFact]
    public void Refuses_what_is_no_unix_socket()
    {
        RunOptions options = new() { Environment = [.. new RunOptions().Environment, "NOTIFY_SOCKET=vsock:2:1234"] };

        Run(NewBundle(), options).Exits(1).Stderr
            .Should().Contain("NOTIFY_SOCKET: neither a path nor an abstract name: vsock:2:1234");
    }

    private static RunOptions With(NotifyManager manager)
    {
        return new RunOptions { Environment = [.. new RunOptions().Environment, manager.Variable] };
    }

    private Bundle Sender(string script)
    {
        Bundle bundle = NewBundle().Sh(script);
        NotifySender.Make(Path.Combine(bundle.Rootfs, "send"));
        return bundle;
    }
}

using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Hooks.Tests;

/// <summary>Hooks that use the runtime themselves, and processes they leave behind.</summary>
public sealed class CommandTests : HookTest
{
    [CsrunFact]
    public void See_in_state_what_they_read_themselves()
    {
        Bundle bundle = NewHookBundle();
        string ask =
            $"id=$(tee $M/$K | sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/'); {Runtime.Path} --root {StateRoot} state $id "
                + ">$M/$K.state 2>&1; :";
        foreach (string kind in new[] { "prestart", "createRuntime", "poststart", "poststop" })
        {
            Add(bundle, kind, $"K={kind}; {ask}", hook => hook["timeout"] = 10);
        }

        Container container = LiveThrough(bundle);

        foreach (string kind in new[] { "prestart", "createRuntime", "poststart" })
        {
            JsonObject given = JsonNode.Parse(Mark(kind))!.AsObject();
            JsonObject asked = JsonNode.Parse(Mark(kind + ".state"))!.AsObject();
            foreach (string name in new[] { "id", "status", "pid", "bundle", "ociVersion" })
            {
                asked[name]!.ToJsonString().Should().Be(given[name]!.ToJsonString(), $"{name} in {kind}");
            }
        }

        Mark("poststop.state").Should().Contain("container does not exist");
        container.Id.Should().NotBeEmpty();
    }

    [CsrunFact]
    public void May_use_the_container_from_poststart()
    {
        Bundle bundle = NewHookBundle();
        string csrun = $"{Runtime.Path} --root {StateRoot}";
        Add(
            bundle, "poststart",
            $"id=$(sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/'); {csrun} kill $id KILL && {csrun} delete --force $id",
            hook => hook["timeout"] = 10);
        Container container = NewContainer(bundle).Create();

        container.TryStart().Ok();

        container.Do("state", container.Id).Exits(1);
    }

    [CsrunFact]
    public void Run_as_ever_for_a_caller_without_streams_that_ignores_its_children()
    {
        Bundle bundle = AddAll(NewHookBundle(), "cat >$M/$K; [ $K != prestart ] || exit 3").Save();
        string run = $"{Runtime.Path} --root {StateRoot} --log {Work}/log run --bundle {bundle.Path} {NewId()}";

        Programs.Run(new RunOptions(), "sh", "-c", $"trap '' CHLD; exec {run} <&- >&- 2>&-").Exits(1);

        File.ReadAllText(Path.Combine(Work, "log")).Should().Contain("error running prestart hook #0: exit status 3");
        JsonNode.Parse(Mark("prestart"))!["status"]!.ToString().Should().Be("creating");
        JsonNode.Parse(Mark("poststop"))!["status"]!.ToString().Should().Be("stopped");
    }

    [CsrunFact]
    public void Keep_nobody_waiting_by_what_they_leave_running()
    {
        Bundle bundle = Add(NewHookBundle(), "createRuntime", "sleep 3 & echo started");
        Stopwatch clock = Stopwatch.StartNew();

        NewContainer(bundle).Create();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2.5));
    }
}

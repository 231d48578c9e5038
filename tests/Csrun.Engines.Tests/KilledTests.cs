namespace Csrun.Engines.Tests;

/// <summary>dockerd, its containerd and their shims are killed, and dockerd starts again.</summary>
public sealed class DockerKilledTests(Docker engine) : IClassFixture<Docker>
{
    private const string Ctr = "ctr -a /run/docker/containerd/containerd.sock -n moby";

    // A dockerd that starts again stops what still runs, and busybox's sleep does not hear SIGTERM.
    private const string Flags = "--network none --stop-timeout 1 --name $name bb sleep 1000";
    private const string Run = "/usr/bin/docker run -d " + Flags;
    private const string Create = "/usr/bin/docker create " + Flags;

    [RootTheory]
    [InlineData(1, ":", Run, true)]
    [InlineData(2, Create, "/usr/bin/docker start $name", true)]
    [InlineData(3, Run, "/usr/bin/docker exec $name true", false)]
    [InlineData(4, Run, "/usr/bin/docker rm -f $name", false)]
    public void Nothing_is_left_but_what_it_knows(int seed, string prepare, string operation, bool creates)
    {
        new KillRounds(engine)
        {
            Daemon = "cat /run/docker.pid",
            Everything =
                "cat /run/docker.pid; echo; cat /run/docker/containerd/containerd.pid; echo; pgrep -x containerd-shim",
            Restart = engine.Start,
            Runtime = $"{RuntimeBinary.UnderTest.Path} --root /run/docker/runtime-runc/moby",
            Known = $"/usr/bin/docker ps -aq --no-trunc; {Ctr} containers ls -q; {Ctr} tasks ls -q",

            // What dockerd started and did not come to write down, its containerd still has.
            RemoveAll = "/usr/bin/docker ps -aq | xargs -r /usr/bin/docker rm -f; "
                + $"{Ctr} tasks ls -q | xargs -r -n 1 {Ctr} tasks rm -f; {Ctr} containers ls -q | xargs "
                + $"-r {Ctr} containers rm",
        }.Run(seed, new KilledOperation(prepare, operation, creates));
    }
}

/// <summary>containerd and its shims are killed, and containerd starts again.</summary>
public sealed class ContainerdKilledTests(Containerd engine) : IClassFixture<Containerd>
{
    private const string Run = "ctr run -d localhost/bb:latest $name sleep 1000";

    [RootTheory]
    [InlineData(5, ":", Run, true)]
    [InlineData(6, "ctr container create localhost/bb:latest $name sleep 1000", "ctr task start -d $name", true)]
    [InlineData(7, Run, "ctr task exec --exec-id e $name true", false)]
    [InlineData(8, Run, "ctr task rm -f $name && ctr container rm $name", false)]
    public void Nothing_is_left_but_what_it_knows(int seed, string prepare, string operation, bool creates)
    {
        new KillRounds(engine)
        {
            Daemon = "cat /run/containerd.pid",
            Everything = "cat /run/containerd.pid; pgrep -x containerd-shim",
            Restart = engine.Start,
            Runtime = $"{RuntimeBinary.UnderTest.Path} --root /run/containerd/runc/default",
            Known = "ctr containers ls -q; ctr tasks ls -q",
            RemoveAll =
                "ctr tasks ls -q | xargs -r -n 1 ctr task rm -f; ctr containers ls -q | xargs -r ctr containers rm",
        }.Run(seed, new KilledOperation(prepare, operation, creates));
    }
}

/// <summary>podman has no daemon: its commands are killed, and conmon with them.</summary>
public sealed class PodmanKilledTests(Podman engine) : IClassFixture<Podman>
{
    private const string Run = "podman run -d --network none --name $name localhost/bb sleep 1000";
    private const string Create = "podman create --network none --name $name localhost/bb sleep 1000";

    [RootTheory]
    [InlineData(9, ":", Run, true)]
    [InlineData(10, Create + " && podman init $name", "podman start $name", false)]
    [InlineData(11, Run, "podman exec $name true", false)]
    [InlineData(12, Run, "podman rm -f -t 0 $name", false)]
    public void Nothing_is_left_but_what_it_knows(int seed, string prepare, string operation, bool creates)
    {
        new KillRounds(engine)
        {
            Daemon = "pgrep -x podman",
            Everything = "pgrep -x 'podman|conmon'",
            Restart = () => { },
            Runtime = RuntimeBinary.UnderTest.Path,
            Known = "podman ps -aq --no-trunc",
            RemoveAll = "podman rm -f -t 0 -a",
        }.Run(seed, new KilledOperation(prepare, operation, creates));
    }
}

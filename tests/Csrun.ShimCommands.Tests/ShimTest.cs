using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;

namespace Csrun.ShimCommands.Tests;

/// <summary>A test of containers with a shim: how they are started, and how their clients are.</summary>
public abstract class ShimTest : RuntimeTest
{
    /// <summary>`run --detach --shim`; the answer is the caller's business.</summary>
    protected (Container Container, RunResult Result) TryDetach(Bundle bundle, params string[] flags)
    {
        Container container = NewContainer(bundle.Save());
        string[] line = ["run", "--detach", "--shim", "--bundle", bundle.Path, .. flags, container.Id];
        return (container, container.Do(line));
    }

    /// <summary>`run --detach --shim`, which succeeds.</summary>
    protected Container Detach(Bundle bundle, params string[] flags)
    {
        (Container container, RunResult result) = TryDetach(bundle, flags);
        result.Ok();
        return container;
    }

    /// <summary>`run --detach --shim` of a script.</summary>
    protected Container DetachScript(string script, params string[] flags)
    {
        return Detach(NewBundle().Sh(script), flags);
    }

    /// <summary>A command on a container that the test stays with.</summary>
    protected Client Start(string command, Container container, params string[] flags)
    {
        return new Client(Runtime.Path, ["--root", StateRoot, command, .. flags, container.Id]);
    }

    /// <summary>The same on a terminal.</summary>
    protected Client StartOnTerminal(string command, Container container, params string[] flags)
    {
        return StartOnTerminal(command, container, 24, 80, flags);
    }

    /// <summary>The same on a terminal of another size.</summary>
    protected Client StartOnTerminal(
        string command, Container container, ushort rows, ushort columns, params string[] flags)
    {
        string[] line = ["--root", StateRoot, command, .. flags, container.Id];
        return new Client(Runtime.Path, line, new PseudoTerminal(rows, columns));
    }

    /// <summary>A file of the shim's directory.</summary>
    protected string ShimFile(Container container, string name)
    {
        return Path.Combine(StateRoot, container.Id, "shim", name);
    }

    /// <summary>The shim's process, from `state`; 0 where it is gone.</summary>
    protected static int ShimPid(Container container)
    {
        return (int)container.State()["shim"]!["pid"]!;
    }

    /// <summary>Waits until the shim has taken so many clients: a socket each, beside the one it listens on.</summary>
    protected static void UntilAttached(Container container, int clients)
    {
        string descriptors = $"/proc/{ShimPid(container)}/fd";
        Until(
            () => Directory.GetFiles(descriptors).Count(IsSocket) > clients,
            $"{clients} clients");
    }

    private static bool IsSocket(string link)
    {
        // A descriptor may be closed meanwhile: its link has no target then.
        return new FileInfo(link).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
    }

    /// <summary>Kills the shim, and waits until it is gone.</summary>
    protected static void KillShim(Container container)
    {
        int pid = ShimPid(container);
        pid.Should().BePositive("0 is this process's own group");
        Mono.Unix.Native.Syscall.kill(pid, Mono.Unix.Native.Signum.SIGKILL).Should().Be(0);
        Until(() => ShimPid(container) == 0, "the shim to be gone");
    }

    /// <summary>Waits for something that comes soon.</summary>
    protected static void Until(Func<bool> isSo, string what)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!isSo())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(15))
            {
                throw new TimeoutException("waited for " + what);
            }

            Thread.Sleep(10);
        }
    }

    /// <summary>Waits until `logs` shows a text.</summary>
    protected static void UntilLogged(Container container, string text)
    {
        Until(() => container.Do("logs", container.Id).Ok().Stdout.Contains(text, StringComparison.Ordinal), text);
    }

    /// <summary>The lost bytes that `state` shows.</summary>
    protected static long Lost(JsonObject state, string what)
    {
        return (long)state["shim"]!["log"]!["lostBytes"]![what]!;
    }

    /// <summary>The lines first, first+1 and so on, as seq prints them.</summary>
    protected static IEnumerable<string> Numbers(int first, int last)
    {
        for (int i = first; i <= last; i++)
        {
            yield return i.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}

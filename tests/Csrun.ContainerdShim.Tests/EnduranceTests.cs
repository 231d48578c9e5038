using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Csrun.ContainerdShim.Tests;

/// <summary>
/// Many containers and many execs: what a shim holds after them is what it held before. By night 300 containers and
/// 50,000 execs, by day enough of them to see what each would leave.
/// </summary>
public sealed class EnduranceTests : ShimTest
{
    private static readonly int s_containers = Nightly.IsOn ? 300 : 30;
    private static readonly int s_execs = Nightly.IsOn ? 50_000 : 400;

    [RootFact]
    public void Execs_leave_no_memory_and_no_descriptors()
    {
        LeavesNothing(Execute, once: 200, s_execs);
    }

    [RootFact]
    public void Containers_of_one_shim_leave_no_memory_and_no_descriptors()
    {
        LeavesNothing(RunAtOnce, once: 10, s_containers);
    }

    [RootFact]
    public void Containers_each_in_a_shim_of_its_own_run_at_once()
    {
        List<ShimUnderTest> shims = [.. Enumerable.Range(0, s_containers).Select(_ => Running("exec sleep 100000"))];
        shims.Should().OnlyContain(shim => shim.StateOf("c1").Status == Shim.Messages.Types.Status.Running);
        Thread.Sleep(Held.Rest);
        shims.Average(Held.Pss).Should().BeLessThan(1500, "KiB, as they share the file's pages");
        foreach (ShimUnderTest shim in shims)
        {
            shim.Kill("c1", 9);
            shim.Wait("c1").ExitStatus.Should().Be(137);
            shim.Delete("c1").ExitStatus.Should().Be(137);
            shim.Shutdown();
        }
    }

    /// <summary>What a shim takes at the first of its work it keeps; more of the same takes no more.</summary>
    private void LeavesNothing(Action<ShimUnderTest, int> work, int once, int count)
    {
        ShimUnderTest shim = Running("exec sleep 100000");
        work(shim, once);
        Held before = Held.By(shim);
        work(shim, count);
        Held after = Held.By(shim);

        // Half a megabyte of garbage is not worth a collection: more work brings one, and leaves what is lost as it is.
        for (int i = 0; i < 5 && after.HasGrownSince(before); i++)
        {
            work(shim, once);
            after = Held.By(shim);
        }

        after.ShouldBeNoMoreThan(before);
    }

    private static void Execute(ShimUnderTest shim, int count)
    {
        for (int i = 0; i < count; i++)
        {
            shim.Exec("c1", "e", "exit 3");
            _ = shim.StartProcess("c1", "e");
            shim.Wait("c1", "e").ExitStatus.Should().Be(3);
            _ = shim.Delete("c1", "e");
        }
    }

    private static void RunAtOnce(ShimUnderTest shim, int count)
    {
        string[] ids = [.. Enumerable.Range(0, count).Select(i => "more" + i)];
        foreach (string id in ids)
        {
            Bundle bundle = shim.NewBundle(id).Sh("exec sleep 100000");
            _ = shim.Create(bundle);
            _ = shim.StartProcess(id);
        }

        foreach (string id in ids)
        {
            shim.Kill(id, 9);
            shim.Wait(id).ExitStatus.Should().Be(137);
            shim.Delete(id).ExitStatus.Should().Be(137);
            Directory.Delete(shim.BundleOf(id), recursive: true);
        }
    }
}

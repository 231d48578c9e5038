using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace Csrun.Guests.Tests;

/// <summary>
/// cgroup v2, systemd, delegation, Linux security modules and criu, which the machine that builds csrun need not have:
/// each function test_NAME of jobs/JOB.job.sh is a test that ran in the guest.
/// </summary>
public abstract class GuestTests<TGuest>(TGuest guest) : IClassFixture<TGuest>
    where TGuest : Guest, IHasJobs
{
    [SuppressMessage("Design", "CA1000", Justification = "xunit looks for the names on the test's own class.")]
    public static IEnumerable<object[]> Names =>
        from job in TGuest.OwnJobs from test in Guest.TestsOf(job) select new object[] { test };

    [RootTheory]
    [MemberData(nameof(Names))]
    public void InTheGuest(string test)
    {
        guest.ComplaintOf(test).Should().BeEmpty();
    }
}

/// <summary>What the common guest ran.</summary>
public sealed class CommonTests(CommonGuest guest) : GuestTests<CommonGuest>(guest);

/// <summary>Checkpoint and restore, and containerd.</summary>
public sealed class CheckpointTests(CheckpointGuest guest) : GuestTests<CheckpointGuest>(guest);

/// <summary>SELinux.</summary>
public sealed class SelinuxTests(SelinuxGuest guest) : GuestTests<SelinuxGuest>(guest);

/// <summary>Checkpoint and restore on cgroup version 1.</summary>
public sealed class LegacyTests(LegacyGuest guest) : GuestTests<LegacyGuest>(guest);

using System.Collections.Generic;
using System.Linq;

namespace Csrun.Guests.Tests;

/// <summary>
/// cgroup v2, systemd, delegation and Linux security modules, which the machine that builds csrun need not have: each
/// function test_NAME of jobs/JOB.job.sh is a test that ran in the guest.
/// </summary>
public sealed class GuestTests(CommonGuest guest) : IClassFixture<CommonGuest>
{
    public static IEnumerable<object[]> Names =>
        from job in Guest.Jobs where job != Guest.Apart from test in Guest.TestsOf(job) select new object[] { test };

    [RootTheory]
    [MemberData(nameof(Names))]
    public void InTheGuest(string test)
    {
        guest.LineOf(test).Should().Be("ok " + test);
    }
}

/// <summary>The same of checkpoint and restore, which need a kernel that lets criu work.</summary>
public sealed class CheckpointTests(CheckpointGuest guest) : IClassFixture<CheckpointGuest>
{
    public static IEnumerable<object[]> Names =>
        from test in Guest.TestsOf(Guest.Apart) select new object[] { test };

    [RootTheory]
    [MemberData(nameof(Names))]
    public void InTheGuest(string test)
    {
        guest.LineOf(test).Should().Be("ok " + test);
    }
}

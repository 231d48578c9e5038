using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Guests.Tests;

/// <summary>
/// cgroup v2, systemd, delegation and Linux security modules, which the machine that builds csrun need not have: each
/// function test_NAME of jobs/JOB.job.sh is a test that ran in the guest.
/// </summary>
public sealed class GuestTests(Guest guest) : IClassFixture<Guest>
{
    private const string Beginning = "test_";
    private const string End = ".job.sh";

    /// <summary>The names, from the scripts: so a result that did not come home is missed.</summary>
    public static IEnumerable<object[]> Names =>
        from file in Directory.EnumerateFiles(Repository.At("tests", "Csrun.Guests.Tests", "jobs"), "*" + End).Order()
        from line in File.ReadLines(file)
        where line.StartsWith(Beginning, StringComparison.Ordinal)
        select new object[] { $"{Path.GetFileName(file)[..^End.Length]}/{line[Beginning.Length..line.IndexOf('(', StringComparison.Ordinal)]}" };

    [RootTheory]
    [MemberData(nameof(Names))]
    public void InTheGuest(string test)
    {
        guest.LineOf(test).Should().Be("ok " + test);
    }
}

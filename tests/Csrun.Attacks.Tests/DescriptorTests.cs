using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Unix.Native;

namespace Csrun.Attacks.Tests;

/// <summary>Ways out by a descriptor that leads to the host (CVE-2024-21626).</summary>
public sealed class DescriptorTests : AttackTest
{
    public static IEnumerable<object[]> Numbers => Enumerable.Range(0, 20).Select(number => new object[] { number });

    [CsrunTheory]
    [MemberData(nameof(Numbers))]
    public void CVE_2024_21626_No_descriptor_is_a_working_directory(int number)
    {
        RunResult result = FromHostDirectories(
            NewBundle().With(bundle => bundle.Process["cwd"] = $"/proc/self/fd/{number}"));

        result.Exits(1).Stderr.Should().Contain("cwd");
    }

    [CsrunFact]
    public void CVE_2024_21626_Nor_is_a_link_of_the_image_to_one()
    {
        Bundle bundle = NewBundle();
        for (int number = 3; number < 12; number++)
        {
            File.CreateSymbolicLink(In(bundle, $"way{number}"), $"/proc/self/fd/{number}");
        }

        for (int number = 3; number < 12; number++)
        {
            bundle.Process["cwd"] = $"/way{number}";
            FromHostDirectories(bundle).Exits(1).Stderr.Should().Contain("cwd");
        }
    }

    [CsrunFact]
    public void CVE_2024_21626_harmless_An_ordinary_directory_is_one()
    {
        FromHostDirectories(NewBundle().With(bundle => bundle.Process["cwd"] = "/home")).Ok().Stdout
            .Should().Be("/home\n");
    }

    private RunResult FromHostDirectories(Bundle bundle)
    {
        int directory = Syscall.open("/sys/fs/cgroup", OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        try
        {
            return Run(bundle.Sh("pwd"), new RunOptions { ExtraFds = [.. Enumerable.Repeat(directory, 15)] });
        }
        finally
        {
            _ = Syscall.close(directory);
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Seccomp.Tests.Support;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests;

/// <summary>
/// Numbers of calls: against libseccomp's table, which was made by other people from the same kernel.
/// </summary>
public class SyscallTableTests
{
    [LibSeccompFact]
    public void Every_number_that_libseccomp_knows_is_ours_too()
    {
        List<string> differences = [];
        foreach (SeccompArch arch in Enum.GetValues<SeccompArch>().Where(LibSeccomp.Knows))
        {
            for (int row = 0; row < SyscallTable.Count; row++)
            {
                string name = SyscallTable.Name(row);
                int theirs = LibSeccomp.Number(arch, name);
                int ours = (int)Number(arch, row);
                if (theirs >= 0 && theirs != ours)
                {
                    differences.Add($"{arch} {name}: {ours}, libseccomp {theirs}");
                }
            }
        }

        string.Join('\n', differences).Should().BeEmpty();
    }

    [LibSeccompFact]
    public void Every_name_that_libseccomp_knows_is_ours_too()
    {
        List<string> missing = [];
        foreach (SeccompArch arch in Enum.GetValues<SeccompArch>().Where(LibSeccomp.Knows))
        {
            Abi abi = Abi.Of(arch);
            for (int number = 0; number < 1000; number++)
            {
                string? name = LibSeccomp.Name(arch, (int)abi.Base + number);
                if (name is not null && SyscallTable.FindRow(name) < 0)
                {
                    missing.Add($"{arch} {name} {number}");
                }
            }
        }

        string.Join('\n', missing).Should().BeEmpty();
    }

    [Fact]
    public void Every_name_is_found_in_its_row()
    {
        for (int row = 0; row < SyscallTable.Count; row++)
        {
            SyscallTable.FindRow(SyscallTable.Name(row)).Should().Be(row);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Read")]
    [InlineData("reads")]
    [InlineData("rea")]
    [InlineData("réad")]
    public void No_other_name_is_found(string name)
    {
        SyscallTable.FindRow(name).Should().Be(SyscallTable.None);
    }

    [Fact]
    public void Calls_after_450_have_one_number_everywhere()
    {
        int row = SyscallTable.FindRow("mseal");
        foreach (SyscallColumn column in Enum.GetValues<SyscallColumn>())
        {
            SyscallTable.Number(column, row).Should().Be(462);
        }
    }

    private static long Number(SeccompArch arch, int row)
    {
        Abi abi = Abi.Of(arch);
        int number = SyscallTable.Number(abi.Column, row);
        const int ArmPrivate = 61440;
        return number < 0
            ? -1
            : number >= ArmPrivate ? number - ArmPrivate + VerdictTable.FirstPrivate : abi.Base + number;
    }
}

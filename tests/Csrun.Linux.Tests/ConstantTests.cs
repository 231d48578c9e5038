using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Csrun.Linux.Tests;

/// <summary>Every number in Csrun.Linux against this machine's C headers.</summary>
public sealed partial class ConstantTests
{
    /// <summary>
    /// Names of our own, and those that Debian 12's headers are too old for or keep out of user space.
    /// </summary>
    private static readonly string[] s_notInHeaders = ["SignalCount", "TermiosSize"];

    [Fact]
    public void Constants_have_the_values_of_the_headers()
    {
        Dictionary<string, long> ours = typeof(Kernel).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && !s_notInHeaders.Contains(field.Name))
            .ToDictionary(field => field.Name, field => Number(field.GetRawConstantValue()!));

        Dictionary<string, long> theirs = Headers.Evaluate(ours.Keys);

        theirs.Should().HaveCountGreaterThan(ours.Count - 8, "nearly all of them stand in the headers");
        theirs.Where(pair => ours[pair.Key] != pair.Value).Should().BeEmpty();
    }

    [Fact]
    public void System_call_numbers_are_those_of_the_headers()
    {
        Dictionary<string, long> ours = typeof(Kernel.Number).GetMembers(BindingFlags.Public | BindingFlags.Static)
            .Where(member => member is FieldInfo or PropertyInfo)
            .ToDictionary(member => "__NR_" + SnakeCase(member.Name), member => Number(Value(member)));

        Dictionary<string, long> theirs = Headers.Evaluate(ours.Keys);

        theirs.Should().BeEquivalentTo(ours);
    }

    [Fact]
    public void System_call_numbers_of_arm64_are_those_of_the_generic_table()
    {
        string source = File.ReadAllText(
            Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../src/Csrun.Linux/Kernel.cs"));
        string generic = File.ReadAllText("/usr/include/asm-generic/unistd.h");

        foreach (Match match in Arm64Number().Matches(source))
        {
            string name = SnakeCase(match.Groups[1].Value);
            generic.Should().MatchRegex($@"#define __NR(3264)?_{name} {match.Groups[2].Value}\n");
        }
    }

    [Fact]
    public void Error_numbers_are_those_of_the_headers()
    {
        Dictionary<string, long> ours = Enum.GetValues<Errno>().Where(errno => errno != Errno.None)
            .ToDictionary(errno => errno.ToString(), errno => (long)errno);

        Headers.Evaluate(ours.Keys).Should().BeEquivalentTo(ours);
    }

    [Fact]
    public void Signals_are_those_of_the_headers()
    {
        string[] names =
        [
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS",
        ];
        Dictionary<string, long> theirs = Headers.Evaluate(names.Select(name => "SIG" + name));

        foreach (string name in names)
        {
            SignalNames.TryParse(name, out int signal).Should().BeTrue(name);
            signal.Should().Be((int)theirs["SIG" + name], name);
            SignalNames.TryParse("sig" + name.ToLowerInvariant(), out int again).Should().BeTrue(name);
            again.Should().Be(signal);
        }
    }

    private static long Number(object value) =>
        value is ulong big ? unchecked((long)big) : Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static object Value(MemberInfo member) =>
        member is FieldInfo field ? field.GetRawConstantValue()! : ((PropertyInfo)member).GetValue(null)!;

    private static string SnakeCase(string name) => Capital().Replace(name, "_$0").TrimStart('_').ToLowerInvariant();

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"public static int (\w+) => IsArm64 \? (\d+) :")]
    private static partial Regex Arm64Number();
}

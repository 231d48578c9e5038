using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Csrun.Conformance.Tests;

/// <summary>
/// Every test of a requirement that is no table fails once: with a runtime that is wrong in the way its
/// <see cref="BrokenAttribute"/> says.
/// </summary>
public sealed class BrokenRuntimeTests
{
    private static readonly MethodInfo[] s_tests =
    [
        .. typeof(BrokenRuntimeTests).Assembly.GetTypes().Where(type => !type.IsAbstract).SelectMany(type =>
        type.GetMethods())
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null && Requirements.Of(method).Any()),
    ];

    /// <summary>Class and name of each test.</summary>
    // All of them take three minutes: by day a third, another one each day; by night all.
    private static readonly int s_today = DateTime.UtcNow.DayOfYear;

    public static TheoryData<string, string> Tests
    {
        get
        {
            TheoryData<string, string> tests = [];
            foreach (MethodInfo test in s_tests
                .Where(test => test.GetCustomAttribute<BrokenAttribute>() is { How: not "never" })
                .Where((_, number) => Nightly.IsOn || number % 3 == s_today % 3))
            {
                tests.Add(test.DeclaringType!.Name, test.Name);
            }

            return tests;
        }
    }

    [CsrunTheory]
    [MemberData(nameof(Tests))]
    public async Task Fails_the_test(string type, string name)
    {
        MethodInfo test = s_tests.Single(found => found.Name == name && found.DeclaringType!.Name == type);
        BrokenAttribute broken = test.GetCustomAttribute<BrokenAttribute>()!;
        RuntimeTest instance = (RuntimeTest)Activator.CreateInstance(test.DeclaringType!)!;
        await instance.InitializeAsync();
        Exception? fault;
        using (RuntimeBinary.Break(broken.Run))
        {
            fault = await Record.ExceptionAsync(async () =>
            {
                if (test.Invoke(instance, Arguments(test)) is Task task)
                {
                    await task;
                }
            });
        }

        _ = await Record.ExceptionAsync(instance.DisposeAsync); // what a broken runtime leaves is swept there
        fault.Should().NotBeNull($"{name} must not hold with a runtime that is broken: {broken}");
    }

    [Fact]
    public void Each_test_of_a_requirement_says_how_it_fails()
    {
        IEnumerable<string> without = s_tests.Where(test => test.GetCustomAttribute<BrokenAttribute>() is null)
            .Select(test => test.Name);
        string.Join('\n', without).Should().BeEmpty();
    }

    // Of a theory, its first case.
    private static object?[] Arguments(MethodInfo test)
    {
        return test.GetCustomAttributes<InlineDataAttribute>().FirstOrDefault()?.GetData(test).First() ?? [];
    }
}

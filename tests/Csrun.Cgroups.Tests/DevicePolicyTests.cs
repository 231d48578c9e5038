using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Linux;
using Csrun.Spec;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Csrun.Cgroups.Tests.Support.DeviceRules;

namespace Csrun.Cgroups.Tests;

/// <summary>Device rules as a default and exceptions (LNX-RDV, security.md number 8).</summary>
public sealed class DevicePolicyTests
{
    private static string[] Texts(params LinuxDeviceCgroup[] rules)
    {
        DevicePolicy policy = DevicePolicy.Compile(rules);
        return [.. Enumerable.Range(0, policy.Count).Select(i => policy[i].ToKernelText())];
    }

    private static readonly string[] s_always =
    [
        "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm",
        "c 136:* rwm", "c 5:2 rwm", "c 10:200 rwm",
    ];

    [Fact]
    public void Without_rules_only_the_devices_of_every_container_are_open()
    {
        DevicePolicy policy = DevicePolicy.Compile(null);

        policy.AllowsByDefault.Should().BeFalse();
        Texts().Should().Equal(s_always);
        policy.Allows('c', 1, 3, DeviceAccess.Read | DeviceAccess.Write).Should().BeTrue();
        policy.Allows('b', 8, 0, DeviceAccess.Read).Should().BeFalse();
        policy.Allows('b', 8, 0, DeviceAccess.Mknod).Should().BeTrue();
    }

    [Fact]
    public void They_cannot_be_denied()
    {
        DevicePolicy.Compile([Rule(false, "c", 1, 3)]).Allows('c', 1, 3, DeviceAccess.Read).Should().BeTrue();
    }

    [Fact]
    public void A_privileged_container_may_use_everything()
    {
        DevicePolicy policy = DevicePolicy.Compile([Rule(false), Rule(true)]);

        policy.AllowsByDefault.Should().BeTrue();
        policy.Count.Should().Be(0);
    }

    [Fact]
    public void A_later_rule_wins()
    {
        DevicePolicy.Compile([Rule(true, "b", 8, 0), Rule(false)]).Allows('b', 8, 0, DeviceAccess.Read)
            .Should().BeFalse();
        DevicePolicy.Compile([Rule(false), Rule(true, "b", 8, 0)]).Allows('b', 8, 0, DeviceAccess.Read)
            .Should().BeTrue();
        DevicePolicy.Compile([Rule(true, "b", 8, 0), Rule(false, "b", access: "w")])
            .Allows('b', 8, 0, DeviceAccess.Write).Should().BeFalse();
    }

    [Fact]
    public void Minus_one_and_absent_are_any_number_and_letters_come_in_any_order()
    {
        Texts(Rule(true, "c", 10, -1, "mwr")).Should().StartWith("c 10:* rwm");
        Texts(Rule(true, "b", null, null, "wr")).Should().StartWith("b *:* rwm");
    }

    [Fact]
    public void All_types_with_a_part_of_the_access_are_not_everything()
    {
        DevicePolicy policy = DevicePolicy.Compile([Rule(true, "a", access: "r")]);

        policy.AllowsByDefault.Should().BeFalse();
        policy.Allows('b', 8, 0, DeviceAccess.Read).Should().BeTrue();
        policy.Allows('b', 8, 0, DeviceAccess.Write).Should().BeFalse();
    }

    [Fact]
    public void Rules_that_a_wider_one_contains_cost_no_write()
    {
        Texts(Rule(true, "c", access: "rwm")).Should().Equal("c *:* rwm", "b *:* m");
    }

    [Fact]
    public void Reading_and_writing_allowed_by_two_rules_may_come_together()
    {
        DevicePolicy policy = DevicePolicy.Compile([Rule(true, "b", 8, -1, "r"), Rule(true, "b", 8, 3, "w")]);

        policy.Allows('b', 8, 3, DeviceAccess.Read | DeviceAccess.Write).Should().BeTrue();
        policy.Allows('b', 8, 4, DeviceAccess.Write).Should().BeFalse();
    }

    [Fact]
    public void A_hole_in_a_wider_rule_is_an_error_that_names_both()
    {
        Action compile = () => DevicePolicy.Compile([Rule(true, "b", 8), Rule(false, "b", 8, 1, "w")]);

        KernelException error = compile.Should().Throw<KernelException>().Which;
        error.Place.Should().Be("linux.resources.devices[1]");
        error.Subject.Should().Be("b 8:1 w");
        error.Hint.Should().Contain("b 8:* rwm");
    }

    [Theory]
    [InlineData("u", "rwm", "linux.resources.devices[0].type")]
    [InlineData("c", "rwx", "linux.resources.devices[0].access")]
    [InlineData("c", "", "linux.resources.devices[0].access")]
    public void A_wrong_rule_is_an_error_by_place(string type, string access, string place)
    {
        Action compile = () => DevicePolicy.Compile([Rule(true, type, 1, 1, access)]);

        compile.Should().Throw<KernelException>().Which.Place.Should().Be(place);
    }

    [Fact]
    public void A_number_beyond_32_bits_is_an_error()
    {
        Action compile = () => DevicePolicy.Compile([Rule(true, "c", 1L << 32, 1)]);

        compile.Should().Throw<KernelException>().Which.Place.Should().Be("linux.resources.devices[0].major");
    }

    [Property(MaxTest = 2000)]
    public Property What_can_be_compiled_means_what_the_rules_say()
    {
        return Prop.ForAll(Any(), rules =>
        {
            DevicePolicy policy;
            try
            {
                policy = DevicePolicy.Compile(rules);
            }
            catch (KernelException)
            {
                return;
            }

            IEnumerable<LinuxDeviceCgroup> all = [.. WithAlways(rules)];
            foreach (char type in "bc")
            {
                for (long major = 0; major < 4; major++)
                {
                    for (long minor = 0; minor < 4; minor++)
                    {
                        Verify(policy, all, type, major, minor);
                    }
                }
            }
        });
    }

    private static void Verify(
        DevicePolicy policy, IEnumerable<LinuxDeviceCgroup> all, char type, long major, long minor)
    {
        foreach ((string letters, DeviceAccess access) in Askable)
        {
            bool expected = Specified(all, type, major, minor, letters);
            if (policy.Allows(type, major, minor, access) != expected)
            {
                throw new InvalidOperationException($"{type} {major}:{minor} {letters} should be {expected}");
            }
        }
    }
}

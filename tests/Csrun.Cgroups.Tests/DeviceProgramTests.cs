using System;
using System.Linq;
using Csrun.Cgroups.Tests.Support;
using Csrun.Linux;
using Csrun.Spec;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Csrun.Cgroups.Tests.Support.DeviceRules;

namespace Csrun.Cgroups.Tests;

/// <summary>Device policies as BPF programs.</summary>
[Collection("host")]
public sealed class DeviceProgramTests
{
    private static uint Ask(char type, DeviceAccess access)
    {
        return ((uint)access << 16) | (type == 'b' ? 1u : 2u);
    }

    [Property(MaxTest = 1000)]
    public Property The_program_says_what_the_policy_says()
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

            ulong[] program = DeviceProgram.Assemble(policy);
            foreach (char type in "bc")
            {
                for (uint number = 0; number < 16; number++)
                {
                    foreach ((string letters, DeviceAccess access) in Askable)
                    {
                        bool expected = policy.Allows(type, number / 4, number % 4, access);
                        if (BpfMachine.Run(program, Ask(type, access), number / 4, number % 4) != (expected ? 1 : 0))
                        {
                            throw new InvalidOperationException(
                                $"{type} {number / 4}:{number % 4} {letters} should be {expected}");
                        }
                    }
                }
            }
        });
    }

    [Theory]
    [InlineData(0x7fffffffu)]
    [InlineData(0x80000000u)]
    [InlineData(0xffffffffu)]
    public void Large_numbers_compare_as_they_are(uint number)
    {
        ulong[] program = DeviceProgram.Assemble(DevicePolicy.Compile([Rule(true, "b", number, number)]));

        BpfMachine.Run(program, Ask('b', DeviceAccess.Read), number, number).Should().Be(1);
        BpfMachine.Run(program, Ask('b', DeviceAccess.Read), number, number - 1).Should().Be(0);
    }

    [RootFact]
    public void The_kernels_verifier_takes_all_kinds_of_programs()
    {
        foreach (LinuxDeviceCgroup[] rules in Any().Generator.Sample(200, 30).Concat([[], [Rule(true)]]))
        {
            DevicePolicy policy;
            try
            {
                policy = DevicePolicy.Compile(rules);
            }
            catch (KernelException)
            {
                continue;
            }

            byte[] log = new byte[65536];
            int fd = Kernel.bpf_prog_load(
                Kernel.BPF_PROG_TYPE_CGROUP_DEVICE,
                Kernel.BPF_CGROUP_DEVICE,
                DeviceProgram.Assemble(policy),
                "Apache\0"u8,
                log);
            fd.Should().BePositive(Utf8.ToText(log));
            Kernel.close(fd);
        }
    }

    /// <summary>Runs a shell in the v2 cgroup; its output.</summary>
    private static string RunInside(HostCgroups host, string script)
    {
        int pid = host.Start(
            "sh", "-c", $"echo $$ > {host.PathOf("", "cgroup.procs")}; cd $(mktemp -d); {script}; rm -f node");
        string output = host.ProcessOf(pid).StandardOutput.ReadToEnd();
        host.ProcessOf(pid).WaitForExit();
        return output.Trim();
    }

    private static void Attach(HostCgroups host, params LinuxDeviceCgroup[] rules)
    {
        CgroupDirectory directory = new("", isUnified: true, Utf8.Terminated(host.PathOf("").TrimEnd('/')));
        using Fd fd = directory.Open();
        UnifiedDevices.Attach(directory, fd.Number, DevicePolicy.Compile(rules));
    }

    [RootFact]
    public void Devices_obey_the_program()
    {
        using HostCgroups host = new();
        using Fd fd = new(host.Cgroups.MakeUnified());
        Attach(host, Rule(true, "c", 1, 11, "r"));

        RunInside(host, "(: < /dev/null) && echo null; (: > /dev/full) && echo full").Should().Be("null\nfull");
        RunInside(host, "(: < /dev/kmsg) && echo read; (: > /dev/kmsg) 2>/dev/null || echo denied")
            .Should().Be("read\ndenied");
        RunInside(host, "mknod node b 8 77 && echo made; (: < node) 2>&1 | grep -o 'Operation not permitted'")
            .Should().Be("made\nOperation not permitted");
    }

    [RootFact]
    public void A_new_program_takes_the_place_of_the_old()
    {
        using HostCgroups host = new();
        using Fd fd = new(host.Cgroups.MakeUnified());
        uint[] ids = new uint[8];

        Attach(host);
        RunInside(host, "(: < /dev/kmsg) 2>/dev/null || echo denied").Should().Be("denied");
        Attach(host, Rule(true, "c", 1, 11));
        RunInside(host, "(: < /dev/kmsg) && echo read").Should().Be("read");

        Kernel.bpf_prog_query(fd.Number, Kernel.BPF_CGROUP_DEVICE, ids).Should().Be(1);
    }

    [RootFact]
    public void Several_old_programs_all_go()
    {
        using HostCgroups host = new();
        using Fd fd = new(host.Cgroups.MakeUnified());
        uint[] ids = new uint[8];
        for (int i = 0; i < 3; i++)
        {
            using Fd program = new(Kernel.bpf_prog_load(
                Kernel.BPF_PROG_TYPE_CGROUP_DEVICE,
                Kernel.BPF_CGROUP_DEVICE,
                DeviceProgram.Assemble(DevicePolicy.Compile([])),
                "Apache\0"u8,
                default));
            Kernel.bpf_prog_attach(
                fd.Number, program.Number, Kernel.BPF_CGROUP_DEVICE, Kernel.BPF_F_ALLOW_MULTI).Should().Be(0);
        }

        Attach(host, Rule(true, "c", 1, 11));

        Kernel.bpf_prog_query(fd.Number, Kernel.BPF_CGROUP_DEVICE, ids).Should().Be(1);
        RunInside(host, "(: < /dev/kmsg) && echo read").Should().Be("read");
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Csrun.Linux.Tests;

/// <summary>Structs that the kernel reads and writes, against the C compiler's layout.</summary>
public sealed class LayoutTests
{
    // Of C's struct clone_args glibc's sched.h brings none; linux/sched.h is included by linux/bpf.h's side only.
    [Theory]
    [InlineData(typeof(Tmds.Linux.statx), "struct statx")]
    [InlineData(typeof(Tmds.Linux.pollfd), "struct pollfd")]
    [InlineData(typeof(Tmds.Linux.epoll_event), "struct epoll_event")]
    public void Has_the_size_and_the_offsets_of_C(Type type, string name)
    {
        FieldInfo[] fields = [.. type.GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Where(f => !f.Name.Contains('_') || f.Name.StartsWith("stx_", StringComparison.Ordinal))];
        Dictionary<string, long> theirs = Headers.Evaluate(
            [$"sizeof({name})", .. fields.Select(field => $"offsetof({name}, {field.Name})")]);

        theirs[$"sizeof({name})"].Should().Be(Marshal.SizeOf(type));
        foreach (FieldInfo field in fields.Where(field => theirs.ContainsKey($"offsetof({name}, {field.Name})")))
        {
            theirs[$"offsetof({name}, {field.Name})"].Should().Be((long)Marshal.OffsetOf(type, field.Name), field.Name);
        }
    }

    [Fact]
    public void The_argument_of_clone3_is_version_2_of_the_struct()
    {
        Marshal.SizeOf<Kernel.clone_args>().Should().Be(88);
        Marshal.OffsetOf<Kernel.clone_args>(nameof(Kernel.clone_args.cgroup)).Should().Be(80);
        Marshal.OffsetOf<Kernel.clone_args>(nameof(Kernel.clone_args.exit_signal)).Should().Be(32);
    }
}

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Csrun.Spec;
using Microsoft.Win32.SafeHandles;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>Debian's libseccomp2, fed with a profile in the way of the runtimes that use it.</summary>
internal static unsafe partial class LibSeccomp
{
    public const string Missing = "libseccomp2 is not installed";

    private const string Library = "libseccomp.so.2";
    private const int ResolveError = -1;
    private const int AttributeOptimize = 8;
    private const uint BinaryTree = 2;

    private static readonly Lazy<bool> s_isThere = new(() => NativeLibrary.TryLoad(Library, out _));

    public static bool IsThere => s_isThere.Value;

    /// <summary>Whether the library knows the name on any architecture.</summary>
    public static bool Knows(string name)
    {
        return ResolveName(name) != ResolveError;
    }

    /// <summary>The number of a call on an architecture; negative for none.</summary>
    public static int Number(SeccompArch arch, string name)
    {
        return ResolveNameOn((uint)arch, name);
    }

    /// <summary>The name of a number on an architecture; null for none.</summary>
    public static string? Name(SeccompArch arch, int number)
    {
        byte* name = ResolveNumberOn((uint)arch, number);
        string? text = Marshal.PtrToStringUTF8((nint)name);
        NativeMemory.Free(name);
        return text;
    }

    /// <summary>Whether the library knows the architecture at all.</summary>
    public static bool Knows(SeccompArch arch)
    {
        nint context = Init((uint)SeccompAction.SCMP_ACT_ALLOW);
        try
        {
            const int Exists = -17;
            const int OtherByteOrder = -33;
            return AddArch(context, (uint)arch) is 0 or Exists or OtherByteOrder;
        }
        finally
        {
            Release(context);
        }
    }

    /// <summary>The program for a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="native">The architecture taken for the machine's own.</param>
    /// <param name="program">The program; empty when the library refuses.</param>
    /// <returns>0, or the library's negated errno.</returns>
    public static int Compile(LinuxSeccomp profile, SeccompArch native, out ulong[] program)
    {
        program = [];
        uint defaultAction = Rule.ReadAction(profile.DefaultAction, profile.DefaultErrnoRet, -1);
        nint context = Init(defaultAction);
        context.Should().NotBe(0);
        try
        {
            // The binary tree, as runc asks for: the list misses the load of the number when the call that stands first
            // in it is one that the architecture lacks.
            SetAttribute(context, AttributeOptimize, BinaryTree).Should().Be(0);
            int result = AddArchitectures(context, profile, native);
            for (int i = 0; i < (profile.Syscalls?.Length ?? 0) && result == 0; i++)
            {
                result = AddRule(context, profile.Syscalls![i], i, defaultAction);
            }

            if (result == 0)
            {
                program = Export(context);
                if (Abi.Of(native).IsBigEndian)
                {
                    SwapBytes(program);
                }
            }

            return result;
        }
        finally
        {
            Release(context);
        }
    }

    private static int AddArchitectures(nint context, LinuxSeccomp profile, SeccompArch native)
    {
        if (native != SeccompArch.SCMP_ARCH_X86_64)
        {
            // The library takes one byte order at a time: its own architecture goes before another comes.
            _ = RemoveArch(context, (uint)SeccompArch.SCMP_ARCH_X86_64);
            int added = AddArch(context, (uint)native);
            if (added != 0)
            {
                return added;
            }
        }

        foreach (string word in profile.Architectures ?? [])
        {
            _ = SeccompArchWords.TryParse(word, out SeccompArch arch);
            const int Exists = -17;
            int added = AddArch(context, (uint)arch);
            if (added is not (0 or Exists))
            {
                return added;
            }
        }

        return 0;
    }

    private static int AddRule(nint context, LinuxSyscall rule, int index, uint defaultAction)
    {
        uint action = Rule.ReadAction(rule.Action, rule.ErrnoRet, index);
        if (action == defaultAction)
        {
            return 0;
        }

        List<Argument> arguments = [];
        HashSet<uint> indexes = [];
        bool repeats = false;
        foreach (LinuxSeccompArg argument in rule.Args ?? [])
        {
            _ = SeccompOperatorWords.TryParse(argument.Op, out SeccompOperator comparison);
            repeats |= !indexes.Add(argument.Index!.Value);
            arguments.Add(new Argument
            {
                Index = argument.Index!.Value,
                Operator = (int)comparison,
                First = argument.Value!.Value,
                Second = argument.ValueTwo,
            });
        }

        foreach (string name in rule.Names!)
        {
            int number = ResolveName(name);
            if (number == ResolveError)
            {
                continue;
            }

            int result = repeats
                ? AddOneByOne(context, action, number, arguments)
                : Add(context, action, number, CollectionsMarshal.AsSpan(arguments));
            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }

    private static int AddOneByOne(nint context, uint action, int number, List<Argument> arguments)
    {
        foreach (Argument argument in arguments)
        {
            int result = Add(context, action, number, [argument]);
            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }

    private static int Add(nint context, uint action, int number, ReadOnlySpan<Argument> arguments)
    {
        fixed (Argument* first = arguments)
        {
            return AddRuleArray(context, action, number, (uint)arguments.Length, first);
        }
    }

    /// <summary>Fields of struct sock_filter from the other byte order: 16, 8, 8 and 32 bits.</summary>
    private static void SwapBytes(Span<ulong> program)
    {
        foreach (ref ulong instruction in program)
        {
            instruction = BinaryPrimitives.ReverseEndianness((ushort)instruction)
                | (instruction & 0xFFFF_0000)
                | ((ulong)BinaryPrimitives.ReverseEndianness((uint)(instruction >> 32)) << 32);
        }
    }

    private static ulong[] Export(nint context)
    {
        string path = Path.GetTempFileName();
        try
        {
            using (SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
            {
                ExportBpf(context, (int)file.DangerousGetHandle()).Should().Be(0);
            }

            return MemoryMarshal.Cast<byte, ulong>(File.ReadAllBytes(path)).ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>struct scmp_arg_cmp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Argument
    {
        public uint Index;
        public int Operator;
        public ulong First;
        public ulong Second;
    }

    [LibraryImport(Library, EntryPoint = "seccomp_init")]
    private static partial nint Init(uint defaultAction);

    [LibraryImport(Library, EntryPoint = "seccomp_release")]
    private static partial void Release(nint context);

    [LibraryImport(Library, EntryPoint = "seccomp_attr_set")]
    private static partial int SetAttribute(nint context, int attribute, uint value);

    [LibraryImport(Library, EntryPoint = "seccomp_arch_add")]
    private static partial int AddArch(nint context, uint arch);

    [LibraryImport(Library, EntryPoint = "seccomp_arch_remove")]
    private static partial int RemoveArch(nint context, uint arch);

    [LibraryImport(Library, EntryPoint = "seccomp_rule_add_array")]
    private static partial int AddRuleArray(nint context, uint action, int syscall, uint count, Argument* arguments);

    [LibraryImport(Library, EntryPoint = "seccomp_export_bpf")]
    private static partial int ExportBpf(nint context, int fd);

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ResolveName(string name);

    [LibraryImport(
        Library, EntryPoint = "seccomp_syscall_resolve_name_arch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ResolveNameOn(uint arch, string name);

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_num_arch")]
    private static partial byte* ResolveNumberOn(uint arch, int number);
}

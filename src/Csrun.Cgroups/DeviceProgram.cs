using System.Collections.Generic;

namespace Csrun.Cgroups;

/// <summary>
/// A device policy as the BPF program that cgroup v2 asks instead of files: one block of comparisons an exception, then
/// the default. Pure. Sources: the kernel's cgroup-v2.rst, Device controller; bpf.h (struct bpf_cgroup_dev_ctx);
/// Documentation/bpf/standardization/instruction-set.rst.
/// </summary>
public static class DeviceProgram
{
    private const int BlockDevice = 1;
    private const int CharacterDevice = 2;

    // Registers: the context, what is asked (type, access, major, minor), scratch, and the verdict.
    private const int Verdict = 0;
    private const int Context = 1;
    private const int Type = 2;
    private const int Access = 3;
    private const int Major = 4;
    private const int Minor = 5;
    private const int Scratch = 6;

    // Operation codes: 32-bit arithmetic and jumps, so that device numbers above 2^31 compare as they are.
    private const byte LoadWord = 0x61;
    private const byte MoveImmediate = 0xb4;
    private const byte MoveRegister = 0xbc;
    private const byte And = 0x54;
    private const byte ShiftRight = 0x74;
    private const byte JumpUnlessEqual = 0x56;
    private const byte JumpUnlessEqualRegister = 0x5e;
    private const byte JumpIfEqual = 0x16;
    private const byte Exit = 0x95;

    /// <summary>The program as struct bpf_insn, one in eight bytes.</summary>
    public static ulong[] Assemble(DevicePolicy policy)
    {
        List<ulong> code =
        [
            // struct bpf_cgroup_dev_ctx { u32 access_type; u32 major; u32 minor; }, access in the upper half.
            Instruction(LoadWord, Type, Context, 0, 0),
            Instruction(MoveRegister, Access, Type, 0, 0),
            Instruction(And, Type, 0, 0, 0xffff),
            Instruction(ShiftRight, Access, 0, 0, 16),
            Instruction(LoadWord, Major, Context, 4, 0),
            Instruction(LoadWord, Minor, Context, 8, 0),
        ];
        for (int i = 0; i < policy.Count; i++)
        {
            AddException(code, policy[i], policy.AllowsByDefault);
        }

        AddVerdict(code, policy.AllowsByDefault);
        return [.. code];
    }

    private static void AddException(List<ulong> code, DeviceException exception, bool allowsByDefault)
    {
        int start = code.Count;
        int end = start + LengthOf(exception);
        int type = exception.Type == 'c' ? CharacterDevice : BlockDevice;
        AddJumpUnless(code, end, Type, type);
        if (exception.Access != DeviceAccess.All)
        {
            code.Add(Instruction(MoveRegister, Scratch, Access, 0, 0));
            code.Add(Instruction(And, Scratch, 0, 0, (int)exception.Access));

            // All that is asked must be allowed; or none of it denied.
            code.Add(allowsByDefault
                ? Instruction(JumpIfEqual, Scratch, 0, end - code.Count - 1, 0)
                : Instruction(JumpUnlessEqualRegister, Scratch, Access, end - code.Count - 1, 0));
        }

        if (exception.Major >= 0)
        {
            AddJumpUnless(code, end, Major, (int)(uint)exception.Major);
        }

        if (exception.Minor >= 0)
        {
            AddJumpUnless(code, end, Minor, (int)(uint)exception.Minor);
        }

        AddVerdict(code, !allowsByDefault);
    }

    private static int LengthOf(DeviceException exception)
    {
        return 3
            + (exception.Access != DeviceAccess.All ? 3 : 0)
            + (exception.Major >= 0 ? 1 : 0)
            + (exception.Minor >= 0 ? 1 : 0);
    }

    private static void AddJumpUnless(List<ulong> code, int target, int register, int value)
    {
        code.Add(Instruction(JumpUnlessEqual, register, 0, target - code.Count - 1, value));
    }

    private static void AddVerdict(List<ulong> code, bool allow)
    {
        code.Add(Instruction(MoveImmediate, Verdict, 0, 0, allow ? 1 : 0));
        code.Add(Instruction(Exit, 0, 0, 0, 0));
    }

    private static ulong Instruction(byte operation, int destination, int source, int offset, int immediate)
    {
        return operation
            | ((ulong)(uint)destination << 8)
            | ((ulong)(uint)source << 12)
            | ((ulong)(ushort)(short)offset << 16)
            | ((ulong)(uint)immediate << 32);
    }
}

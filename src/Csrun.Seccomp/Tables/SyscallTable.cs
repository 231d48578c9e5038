using System;

namespace Csrun.Seccomp;

/// <summary>
/// Numbers of system calls by name and ABI, as data in the executable: nothing is built at start. Rows are names, in
/// the order of the alphabet.
/// </summary>
internal static partial class SyscallTable
{
    /// <summary>No such name, or no such call in an ABI.</summary>
    public const int None = -1;

    private const ushort NoCall = 0xFFFF;
    private const int IpcMark = 128;

    /// <summary>The row of a name; <see cref="None"/> for one that no architecture has.</summary>
    public static int FindRow(ReadOnlySpan<char> name)
    {
        uint hash = 0;
        foreach (char letter in name)
        {
            hash = ((hash * 31) + letter) & 0xFFFF;
        }

        ReadOnlySpan<ushort> slots = NameSlots;
        for (uint slot = hash; ; slot++)
        {
            int row = slots[(int)(slot % (uint)slots.Length)] - 1;
            if (row < 0 || Matches(row, name))
            {
                return row;
            }
        }
    }

    /// <summary>The name of a row.</summary>
    public static string Name(int row)
    {
        return System.Text.Encoding.ASCII.GetString(NameText[NameStarts[row]..NameStarts[row + 1]]);
    }

    /// <summary>The number of a row's call without the ABI's base; <see cref="None"/> where the ABI lacks it.</summary>
    public static int Number(SyscallColumn column, int row)
    {
        ushort number = Column(column)[row];
        return number == NoCall ? None : number;
    }

    /// <summary>Whether socketcall or ipc also reach the call, and by which first argument.</summary>
    /// <param name="row">The call's row.</param>
    /// <param name="isIpc">True for ipc, false for socketcall.</param>
    /// <returns>The first argument; 0 when the call is not multiplexed anywhere.</returns>
    public static uint MultiplexedAs(int row, out bool isIpc)
    {
        byte number = Multiplexed[row];
        isIpc = number > IpcMark;
        return isIpc ? number - (uint)IpcMark : number;
    }

    /// <summary>How many names there are.</summary>
    public static int Count => NameCount;

    private static bool Matches(int row, ReadOnlySpan<char> name)
    {
        int start = NameStarts[row];
        if (NameStarts[row + 1] - start != name.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> text = NameText.Slice(start, name.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<ushort> Column(SyscallColumn column) => column switch
    {
        SyscallColumn.X86 => X86,
        SyscallColumn.X8664 => X8664,
        SyscallColumn.X32 => X32,
        SyscallColumn.Arm => Arm,
        SyscallColumn.AArch64 => AArch64,
        SyscallColumn.Mips => Mips,
        SyscallColumn.Mips64 => Mips64,
        SyscallColumn.Mips64N32 => Mips64N32,
        SyscallColumn.Parisc => Parisc,
        SyscallColumn.Parisc64 => Parisc64,
        SyscallColumn.Ppc => Ppc,
        SyscallColumn.Ppc64 => Ppc64,
        SyscallColumn.RiscV64 => RiscV64,
        SyscallColumn.S390 => S390,
        SyscallColumn.S390X => S390X,
        SyscallColumn.M68K => M68K,
        SyscallColumn.Sh => Sh,
        _ => LoongArch64,
    };
}

using System;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>
/// Runs a device program as the kernel does (instruction-set.rst): the operations that such programs may use, each jump
/// forward and inside the program.
/// </summary>
internal static class BpfMachine
{
    public static uint Run(ReadOnlySpan<ulong> program, uint accessType, uint major, uint minor)
    {
        Span<ulong> registers = stackalloc ulong[11];
        uint[] context = [accessType, major, minor];
        for (int pc = 0; ; pc++)
        {
            ulong instruction = program[pc];
            byte operation = (byte)instruction;
            int destination = (int)(instruction >> 8) & 15;
            int source = (int)(instruction >> 12) & 15;
            short offset = (short)(instruction >> 16);
            uint immediate = (uint)(instruction >> 32);
            ulong operand = (operation & 8) != 0 ? (uint)registers[source] : immediate;
            bool jump = false;
            switch (operation)
            {
                case 0x61 when source == 1:
                    registers[destination] = context[offset / 4];
                    break;
                case 0xb4 or 0xbc:
                    registers[destination] = operand;
                    break;
                case 0x54 or 0x5c:
                    registers[destination] = (uint)registers[destination] & operand;
                    break;
                case 0x74:
                    registers[destination] = (uint)registers[destination] >> (int)operand;
                    break;
                case 0x56 or 0x5e:
                    jump = (uint)registers[destination] != operand;
                    break;
                case 0x16 or 0x1e:
                    jump = (uint)registers[destination] == operand;
                    break;
                case 0x95:
                    return (uint)registers[0];
                default:
                    throw new InvalidOperationException($"operation {operation:x2}");
            }

            if (jump)
            {
                if (offset < 0)
                {
                    throw new InvalidOperationException("jump back");
                }

                pc += offset;
            }
        }
    }
}

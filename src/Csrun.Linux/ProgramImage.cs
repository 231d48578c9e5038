using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>The executable as it lies in this process's memory (elf(5), getauxval(3)).</summary>
public static unsafe partial class ProgramImage
{
    private const nuint AT_PHDR = 3;
    private const nuint AT_PHNUM = 5;
    private const uint PT_LOAD = 1;
    private const uint PT_PHDR = 6;
    private const uint PF_W = 2;
    private const int MADV_DONTNEED = 4;
    private const nuint PageSize = 4096;

    /// <summary>
    /// Lets go of the pages of code and constants: they are the file's, and come back from the page cache when they are
    /// used. For a process that has started and now waits for long.
    /// </summary>
    /// <returns>How many bytes of addresses that is.</returns>
    public static nuint LetGo()
    {
        Segment* first = (Segment*)getauxval(AT_PHDR);
        Segment* end = first + getauxval(AT_PHNUM);
        nuint bias = 0;
        nuint length = 0;
        for (Segment* one = first; one < end; one++)
        {
            if (one->Type == PT_PHDR)
            {
                bias = (nuint)first - one->Address;
            }
            else if (one->Type == PT_LOAD && (one->Flags & PF_W) == 0)
            {
                nuint start = (bias + one->Address) & ~(PageSize - 1);
                nuint size = bias + one->Address + one->MemorySize - start;
                _ = LibC.madvise((void*)start, (size_t)size, MADV_DONTNEED);
                length += size;
            }
        }

        return length;
    }

    [LibraryImport("libc.so.6")]
    private static partial nuint getauxval(nuint type);

    /// <summary>Elf64_Phdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Segment
    {
        public readonly uint Type;
        public readonly uint Flags;
        public readonly nuint Offset;
        public readonly nuint Address;
        public readonly nuint PhysicalAddress;
        public readonly nuint FileSize;
        public readonly nuint MemorySize;
        public readonly nuint Alignment;
    }
}

using System;

namespace Csrun.Shim.Logs;

/// <summary>The end of a piece of text that was cut anywhere.</summary>
public static class Utf8Tail
{
    private const int Longest = 4;

    /// <summary>How many bytes at the end begin a character that is not whole; 0 to 3.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        for (int back = 1; back < Longest && back <= text.Length; back++)
        {
            byte value = text[^back];
            if ((value & 0xC0) == 0x80)
            {
                continue;
            }

            int whole = value switch
            {
                >= 0xF0 and < 0xF8 => 4,
                >= 0xE0 => 3,
                >= 0xC0 => 2,
                _ => 1,
            };
            return value < 0xF8 && back < whole ? back : 0;
        }

        return 0;
    }
}

using System;
using System.Globalization;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>struct seccomp_data as words in the order of a machine's memory: what a filter is asked about.</summary>
internal readonly struct SeccompData
{
    public const int WordCount = 16;
    private const int FirstArgument = 4;

    private readonly uint[] _words;

    public SeccompData(uint arch, uint number, ReadOnlySpan<ulong> arguments, bool isBigEndian)
    {
        _words = new uint[WordCount];
        Fill(_words, arch, number, arguments, isBigEndian);
    }

    public ReadOnlySpan<uint> Words => _words;

    public static void Fill(
        Span<uint> words, uint arch, uint number, ReadOnlySpan<ulong> arguments, bool isBigEndian)
    {
        words[0] = number;
        words[1] = arch;
        for (int i = 0; i < arguments.Length; i++)
        {
            int low = FirstArgument + (i * 2) + (isBigEndian ? 1 : 0);
            words[low] = (uint)arguments[i];
            words[low ^ 1] = (uint)(arguments[i] >> 32);
        }
    }

    public static string Describe(ReadOnlySpan<uint> words)
    {
        string text = "arch " + words[1].ToString("x", CultureInfo.InvariantCulture)
            + " nr " + words[0].ToString("x", CultureInfo.InvariantCulture) + " words";
        foreach (uint word in words[FirstArgument..])
        {
            text += " " + word.ToString("x", CultureInfo.InvariantCulture);
        }

        return text;
    }
}

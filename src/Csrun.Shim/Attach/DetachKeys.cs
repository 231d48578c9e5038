using System;

namespace Csrun.Shim.Attach;

/// <summary>
/// The keys that end attach. What is typed is held back while it may still become them, and given on as it was where it
/// does not.
/// </summary>
public sealed class DetachKeys
{
    /// <summary>docker's.</summary>
    public const string Default = "ctrl-p,ctrl-q";

    private readonly byte[] _keys;
    private int _matched;

    private DetachKeys(byte[] keys)
    {
        _keys = keys;
    }

    /// <summary>The most keys there may be: so many bytes of one call may be added to what is given on.</summary>
    public const int MaxKeys = 16;

    /// <summary>
    /// Reads a list divided by commas: single characters, and ctrl- with a letter or one of @ [ \ ] ^ _. Empty: none.
    /// </summary>
    /// <param name="text">The list.</param>
    /// <returns>Null where it is no such list.</returns>
    public static DetachKeys? Parse(string text)
    {
        if (text.Length == 0)
        {
            return new DetachKeys([]);
        }

        string[] words = text.Split(',');
        byte[] keys = new byte[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            bool isControl = word.StartsWith("ctrl-", StringComparison.OrdinalIgnoreCase) && word.Length == 6;
            char key = isControl ? char.ToUpperInvariant(word[^1]) : word.Length == 1 ? word[0] : '\0';
            if (key is '\0' or > '\x7f' || (isControl && key is (< '@' or > '_')))
            {
                return null;
            }

            keys[i] = isControl ? (byte)(key - '@') : (byte)key;
        }

        return keys.Length > MaxKeys ? null : new DetachKeys(keys);
    }

    /// <summary>Takes what was typed.</summary>
    /// <param name="typed">The bytes.</param>
    /// <param name="given">What is to be given on; room for the bytes and <see cref="MaxKeys"/> more.</param>
    /// <param name="length">How many that are.</param>
    /// <returns>Whether the keys are complete; what was typed after them is dropped.</returns>
    public bool Take(ReadOnlySpan<byte> typed, Span<byte> given, out int length)
    {
        length = 0;
        Span<byte> held = stackalloc byte[MaxKeys];
        foreach (byte key in typed)
        {
            _keys.AsSpan(0, _matched).CopyTo(held);
            held[_matched] = key;
            Span<byte> whole = held[..(_matched + 1)];

            // What cannot be the beginning of the keys any more is given on; the rest of it still may.
            int start = 0;
            while (!_keys.AsSpan().StartsWith(whole[start..]))
            {
                given[length++] = whole[start++];
            }

            _matched = whole.Length - start;
            if (_matched > 0 && _matched == _keys.Length)
            {
                _matched = 0;
                return true;
            }
        }

        return false;
    }
}

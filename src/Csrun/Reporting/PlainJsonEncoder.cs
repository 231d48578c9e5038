using System;
using System.Globalization;
using System.Text.Encodings.Web;

namespace Csrun.Reporting;

/// <summary>
/// Escapes in JSON strings what JSON asks for, and the two line separators that Go escapes. The framework's own encoder
/// for this fills a table of all characters first, which takes longer than a whole <c>state</c> does otherwise.
/// </summary>
internal sealed unsafe class PlainJsonEncoder : JavaScriptEncoder
{
    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (int i = 0; i < textLength; i++)
        {
            if (WillEncode(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar)
    {
        return unicodeScalar is < 0x20 or '"' or '\\' or 0x2028 or 0x2029;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        char letter = unicodeScalar switch
        {
            '"' => '"',
            '\\' => '\\',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\b' => 'b',
            '\f' => 'f',
            _ => 'u',
        };
        numberOfCharactersWritten = letter == 'u' ? 6 : 2;
        if (bufferLength < numberOfCharactersWritten)
        {
            numberOfCharactersWritten = 0;
            return false;
        }

        buffer[0] = '\\';
        buffer[1] = letter;
        return letter != 'u' || unicodeScalar.TryFormat(
            new Span<char>(buffer + 2, 4), out _, "x4", CultureInfo.InvariantCulture);
    }
}

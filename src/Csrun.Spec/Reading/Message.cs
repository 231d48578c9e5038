using System.Globalization;
using System.Text;

namespace Csrun.Spec;

/// <summary>Pieces of places and messages: what a document holds is shown short, on one line and printable.</summary>
internal static class Message
{
    private const int Longest = 64;

    /// <summary>The text cut to a length that fits into a line of an error.</summary>
    public static string Shorten(string text) => text.Length <= Longest ? text : text[..Longest] + "...";

    /// <summary>
    /// The text in double quotes, shortened, with controls, quotes and backslashes escaped as in JSON.
    /// </summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in Shorten(text))
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>The usual message: what belongs there, and the text that stands there.</summary>
    public static string Expected(string expected, string found) => $"expected {expected}, found {Quote(found)}";

    /// <summary>The usual message for a number.</summary>
    public static string Expected(string expected, long found) =>
        string.Create(CultureInfo.InvariantCulture, $"expected {expected}, found {found}");

    /// <summary>The message for a word that is none of a table's.</summary>
    public static string NotOneOf(string[] words, string found) =>
        Expected("one of: " + string.Join(", ", words), found);
}

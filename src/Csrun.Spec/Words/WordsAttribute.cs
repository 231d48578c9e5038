using System;

namespace Csrun.Spec;

/// <summary>
/// Marks a table of words that Csrun.Spec.Generator makes a look-up for: an enumeration, whose members are the words
/// (class <c>XWords</c>), or a partial struct, whose properties marked <see cref="WordAttribute"/> are.
/// </summary>
[AttributeUsage(AttributeTargets.Enum | AttributeTargets.Struct)]
internal sealed class WordsAttribute : Attribute;

/// <summary>The word of a member, where it is not the member's name.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
internal sealed class WordAttribute : Attribute
{
    /// <summary>Gives the member its word.</summary>
    public WordAttribute(string word) => Word = word;

    /// <summary>The word as it stands in JSON.</summary>
    public string Word { get; }
}

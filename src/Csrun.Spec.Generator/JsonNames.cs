using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Csrun.Spec.Generator;

/// <summary>The names that a property has in JSON and as a local variable.</summary>
internal static class JsonNames
{
    private const string NameAttribute = "System.Text.Json.Serialization.JsonPropertyNameAttribute";

    /// <summary>[JsonPropertyName] where there is one, else the name as JsonNamingPolicy.CamelCase makes it.</summary>
    public static string Of(IPropertySymbol property)
    {
        AttributeData? given = property.GetAttributes().FirstOrDefault(
            attribute => attribute.AttributeClass?.ToDisplayString() == NameAttribute);
        return given?.ConstructorArguments[0].Value as string ?? CamelCase(property.Name);
    }

    /// <summary>The property's name in camel case, escaped where it is a keyword of C#.</summary>
    public static string Local(IPropertySymbol property)
    {
        string name = CamelCase(property.Name);
        return SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
    }

    /// <summary>
    /// Lowers the first letter, and an acronym at the front but for the letter that begins the next word.
    /// </summary>
    private static string CamelCase(string name)
    {
        char[] letters = name.ToCharArray();
        for (int i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            bool nextWordBegins = i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]);
            if (nextWordBegins)
            {
                break;
            }

            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }
}

using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Csrun.Spec.Generator;

/// <summary>
/// For each enumeration or struct marked [Words] makes the look-up of its words. In an enumeration every member is a
/// word ([Word] gives one that differs from the name) and the look-up is a class <c>XWords</c>; in a struct the
/// private static properties marked [Word] are, and the look-up becomes part of the struct. The declaration is the one
/// table: parsing, the list for <c>features</c> and error messages all come from it.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class WordsGenerator : IIncrementalGenerator
{
    private const string Marker = "Csrun.Spec.WordsAttribute";
    private const string WordMarker = "Csrun.Spec.WordAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<(string File, string Text)> tables =
            context.SyntaxProvider.ForAttributeWithMetadataName(
                Marker,
                static (_, _) => true,
                static (found, _) => Generate((INamedTypeSymbol)found.TargetSymbol));
        context.RegisterSourceOutput(tables, static (output, table) =>
            output.AddSource(table.File, SourceText.From(table.Text, Encoding.UTF8)));
    }

    private static (string File, string Text) Generate(INamedTypeSymbol type)
    {
        bool isEnum = type.TypeKind == TypeKind.Enum;
        List<(string Word, ISymbol Member)> words = [.. isEnum
            ? type.GetMembers().OfType<IFieldSymbol>().Select(field => (GivenWord(field) ?? field.Name, (ISymbol)field))
            : type.GetMembers().OfType<IPropertySymbol>().Where(property => GivenWord(property) is not null)
                .Select(property => (GivenWord(property)!, (ISymbol)property))];
        SourceWriter source = new();
        source.Line("using System;").Line();
        source.Line($"namespace {type.ContainingNamespace.ToDisplayString()};").Line();
        if (isEnum)
        {
            source.Line($"/// <summary>The words of <see cref=\"{type.Name}\"/>.</summary>");
            source.Open($"public static class {type.Name}Words");
        }
        else
        {
            source.Open($"partial struct {type.Name}");
        }

        WriteTryParse(source, type, words);
        WriteAll(source, words);
        if (isEnum)
        {
            WriteWord(source, type, words);
        }

        source.Close();
        return ($"{type.Name}.Words.g.cs", source.ToString());
    }

    private static void WriteTryParse(
        SourceWriter source, INamedTypeSymbol type, List<(string Word, ISymbol Member)> words)
    {
        source.Line("/// <summary>Finds what a word stands for; case matters. Allocates nothing.</summary>");
        source.Open($"public static bool TryParse(ReadOnlySpan<char> word, out {type.Name} value)");
        source.Open("switch (word)");
        foreach ((string word, ISymbol member) in words)
        {
            source.Line($"case \"{word}\":");
            source.Indent();
            source.Line($"value = {type.Name}.{member.Name};").Line("return true;");
            source.Unindent();
        }

        source.Line("default:");
        source.Indent();
        source.Line("value = default;").Line("return false;");
        source.Unindent();
        source.Close();
        source.Close();
        source.Line();
    }

    private static void WriteAll(SourceWriter source, List<(string Word, ISymbol Member)> words)
    {
        source.Line("/// <summary>All words in the order of their table, in a new array.</summary>");
        source.Line("public static string[] All() =>").Line("[");
        source.Indent();
        foreach ((string word, ISymbol _) in words)
        {
            source.Line($"\"{word}\",");
        }

        source.Unindent();
        source.Line("];");
    }

    /// <summary>Where two words have one value the first stands for it.</summary>
    private static void WriteWord(
        SourceWriter source, INamedTypeSymbol type, List<(string Word, ISymbol Member)> words)
    {
        source.Line();
        source.Line("/// <summary>The word of a value, the first one where there are two.</summary>");
        source.Line("/// <exception cref=\"ArgumentOutOfRangeException\">The value is none of the table.</exception>");
        source.Open($"public static string Word({type.Name} value) => value switch");
        HashSet<object?> seen = [];
        foreach ((string word, ISymbol member) in words)
        {
            if (seen.Add(((IFieldSymbol)member).ConstantValue))
            {
                source.Line($"{type.Name}.{member.Name} => \"{word}\",");
            }
        }

        source.Line("_ => throw new ArgumentOutOfRangeException(nameof(value)),");
        source.Close(";");
    }

    private static string? GivenWord(ISymbol member) => member.GetAttributes().FirstOrDefault(
        attribute =>
            attribute.AttributeClass?.ToDisplayString() == WordMarker)?.ConstructorArguments[0].Value as string;
}

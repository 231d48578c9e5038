using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Csrun.Spec.Generator;

/// <summary>
/// For each record marked [JsonRecord] makes <c>RecordReader.ReadX</c>, which reads one JSON object by a JsonCursor.
/// The record is the only source: name, type and nullability of its properties decide what is read.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class RecordReaderGenerator : IIncrementalGenerator
{
    private const string Marker = "Csrun.Spec.JsonRecordAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Texts compare by value, so an edit elsewhere makes nothing anew.
        IncrementalValuesProvider<(string File, string Text)> readers =
            context.SyntaxProvider.ForAttributeWithMetadataName(
                Marker,
                static (_, _) => true,
                static (found, _) => Generate((INamedTypeSymbol)found.TargetSymbol));
        context.RegisterSourceOutput(readers, static (output, reader) =>
            output.AddSource(reader.File, SourceText.From(reader.Text, Encoding.UTF8)));
    }

    private static (string File, string Text) Generate(INamedTypeSymbol record)
    {
        List<IPropertySymbol> properties = [.. record.GetMembers().OfType<IPropertySymbol>()
            .Where(property => property.DeclaredAccessibility == Accessibility.Public && !property.IsStatic)];
        SourceWriter source = new();
        source.Line("using System;").Line();
        source.Line($"namespace {record.ContainingNamespace.ToDisplayString()};").Line();
        source.Open("internal static unsafe partial class RecordReader");
        source.Open($"internal static {record.Name}? Read{record.Name}(ref JsonCursor json)");
        source.Open("if (!json.EnterObject())");
        source.Line("return null;");
        source.Close();
        source.Line();
        foreach (IPropertySymbol property in properties)
        {
            source.Line($"{LocalType(property)} {JsonNames.Local(property)} = default;");
        }

        source.Line("uint membersSeen = 0;");
        source.Open("while (json.NextMember())");
        source.Line("ReadOnlySpan<byte> member = json.Name;");
        source.Open("switch (member.Length)");
        foreach ((IPropertySymbol property, int index) in properties.Select((property, index) => (property, index)))
        {
            WriteCase(source, property, index);
        }

        source.Line("default:");
        source.Indent();
        source.Line("json.Skip();").Line("break;");
        source.Unindent();
        source.Close();
        source.Close();
        source.Line();
        source.Open($"return new {record.Name}");
        foreach (IPropertySymbol property in properties)
        {
            source.Line($"{property.Name} = {Value(property)},");
        }

        source.Close(";");
        source.Close();
        source.Close();
        return ($"RecordReader.{record.Name}.g.cs", source.ToString());
    }

    private static void WriteCase(SourceWriter source, IPropertySymbol property, int index)
    {
        string name = JsonNames.Of(property);
        source.Line($"case {Encoding.UTF8.GetByteCount(name)} when member.SequenceEqual(\"{name}\"u8):");
        source.Indent();
        source.Open($"if (json.First({index}, ref membersSeen))");
        source.Line(ReadCall(property) is string call
            ? $"{JsonNames.Local(property)} = {call};"
            : $"#error {property.ContainingType.Name}.{property.Name} has a type that JsonCursor cannot read");
        source.Close();
        source.Line();
        source.Line("break;");
        source.Unindent();
    }

    /// <summary>All locals are nullable: null is "not in the document".</summary>
    private static string LocalType(IPropertySymbol property) => property.Type.IsValueType && !IsNullableValue(property)
        ? property.Type.ToDisplayString() + "?"
        : property.Type.WithNullableAnnotation(NullableAnnotation.Annotated).ToDisplayString();

    /// <summary>
    /// What the property is set to: absent is the type's default, an init accessor sees to other ones.
    /// </summary>
    private static string Value(IPropertySymbol property)
    {
        string local = JsonNames.Local(property);
        if (property.Type.IsValueType)
        {
            return IsNullableValue(property) ? local : local + ".GetValueOrDefault()";
        }

        return property.NullableAnnotation == NullableAnnotation.Annotated ? local : local + "!";
    }

    private static bool IsNullableValue(IPropertySymbol property) =>
        property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    /// <summary>The call that reads the property's value, or null for a type that cannot be read.</summary>
    private static string? ReadCall(IPropertySymbol property)
    {
        ITypeSymbol type = IsNullableValue(property)
            ? ((INamedTypeSymbol)property.Type).TypeArguments[0]
            : property.Type;
        switch (type.SpecialType)
        {
            case SpecialType.System_String:
                return "json.ReadString()";
            case SpecialType.System_Boolean:
                return "json.ReadBoolean()";
            case SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt16
                or SpecialType.System_UInt32 or SpecialType.System_UInt64:
                return $"json.Read{type.Name}()";
        }

        if (type is IArrayTypeSymbol array)
        {
            return array.ElementType.SpecialType switch
            {
                SpecialType.System_String => "json.ReadStrings()",
                SpecialType.System_UInt32 => "json.ReadUInt32s()",
                _ => IsRecord(array.ElementType) ? $"json.ReadArray(&Read{array.ElementType.Name})" : null,
            };
        }

        if (type.MetadataName == "Dictionary`2")
        {
            ITypeSymbol value = ((INamedTypeSymbol)type).TypeArguments[1];
            return value.SpecialType == SpecialType.System_String
                ? "json.ReadStringMap()"
                : IsRecord(value) ? $"json.ReadMap(&Read{value.Name})" : null;
        }

        return IsRecord(type) ? $"Read{type.Name}(ref json)" : null;
    }

    private static bool IsRecord(ITypeSymbol type) => type.GetAttributes().Any(
        attribute => attribute.AttributeClass?.ToDisplayString() == Marker);
}

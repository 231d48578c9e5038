using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Csrun.House.Tests;

/// <summary>What .editorconfig says of a line's length, which the compiler does not look at.</summary>
public sealed class LineLengthTests
{
    private static readonly int s_most = int.Parse(
        File.ReadLines(Path.Combine(SourceTree.Root, ".editorconfig"))
            .Single(line => line.StartsWith("max_line_length", StringComparison.Ordinal)).Split('=')[1]);

    [Fact]
    public void No_line_of_CSharp_is_longer_than_editorconfig_says()
    {
        s_most.Should().Be(120);
        string[] sources = [.. SourceTree.SourcesBelow("src"), .. SourceTree.SourcesBelow("tests")];
        sources.Should().HaveCountGreaterThan(500, "else they are not all looked at");

        string.Join('\n', sources.SelectMany(TooLong)).Should().BeEmpty();
    }

    [Fact]
    public void A_long_line_is_found_but_for_one_inside_a_literal_of_many_lines()
    {
        string comment = "// " + new string('x', s_most - 3);
        string literal = "\"\"\"\n" + new string('x', s_most + 1) + "\n\"\"\"";

        TooLong(SourceText.From($"{comment}\n{comment}x\n_ = {literal};\n"), "at").Should().Equal("at:2");
        TooLong(SourceText.From($"_ = {literal}.Replace(\"{new string('y', s_most)}\", null);\n"), "at")
            .Should().Equal("at:3");
        TooLong(SourceText.From($"_ = \"{new string('x', s_most)}\";\n"), "at").Should().Equal("at:1");
    }

    private static IEnumerable<string> TooLong(string path)
    {
        return TooLong(SourceText.From(File.ReadAllText(path)), Path.GetRelativePath(SourceTree.Root, path));
    }

    private static IEnumerable<string> TooLong(SourceText text, string path)
    {
        TextLine[] lines = [.. text.Lines.Where(line => line.Span.Length > s_most)];
        if (lines.Length == 0)
        {
            return [];
        }

        SyntaxNode root = CSharpSyntaxTree.ParseText(text).GetRoot();
        return lines.Where(line => !IsInsideLiteral(root, line)).Select(line => $"{path}:{line.LineNumber + 1}");
    }

    // Its line breaks are of the text: a program's output, a script, a document. There is nothing to wrap it at.
    private static bool IsInsideLiteral(SyntaxNode root, TextLine line)
    {
        return Holds(line.Start) && Holds(line.End - 1);

        bool Holds(int position)
        {
            return root.FindToken(position).Parent is { } parent
                && parent.AncestorsAndSelf().Any(node =>
                    node.Kind() is SyntaxKind.StringLiteralExpression or SyntaxKind.Utf8StringLiteralExpression
                        or SyntaxKind.InterpolatedStringExpression
                    && node.SpanStart < line.Start && node.Span.End > line.End);
        }
    }
}

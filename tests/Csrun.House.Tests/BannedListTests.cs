using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Csrun.House.Tests;

/// <summary>The lists themselves: an entry with a slip in its name would ban nothing and say nothing.</summary>
public sealed class BannedListTests
{
    private static readonly Compilation s_all = CSharpCompilation.Create(
        "all",
        references: ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Append(typeof(Linux.Kernel).Assembly.Location).Distinct()
            .Select(path => MetadataReference.CreateFromFile(path)));

    public static TheoryData<string> Lists => [.. SourceTree.BannedLists];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_entry_names_something_that_exists(string list)
    {
        SourceTree.Entries(list)
            .Where(entry => DocumentationCommentId.GetFirstSymbolForDeclarationId(entry, s_all) is null)
            .Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_entry_says_why(string list)
    {
        File.ReadLines(Path.Combine(SourceTree.Root, list))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .Should().OnlyContain(line => line.Split(';', 2).Length == 2 && line.Split(';', 2)[1].Length > 10);
    }

    [Fact]
    public void There_is_a_list_for_all_for_the_fork_zone_and_for_paths()
    {
        SourceTree.BannedLists.Should().Equal(
            "src/BannedSymbols.ForkZone.txt", "src/BannedSymbols.txt", "src/Csrun.Init/BannedSymbols.txt");
    }

    /// <summary>
    /// What is a word of the language and no symbol, so that no list can hold it: an interpolated string rents from the
    /// array pool and asks the culture, lock and async want threads.
    /// </summary>
    [Theory]
    [InlineData("Csrun.Init")]
    [InlineData("Csrun.Linux")]
    public void The_fork_zone_uses_no_word_of_the_language_that_needs_the_like(string project)
    {
        IEnumerable<string> uses =
            from path in SourceTree.Sources(project)
            from node in CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetRoot().DescendantNodesAndTokens()
            where node.Kind() is SyntaxKind.InterpolatedStringExpression or SyntaxKind.LockStatement
                or SyntaxKind.AwaitExpression or SyntaxKind.AsyncKeyword or SyntaxKind.QueryExpression
            select $"{Path.GetFileName(path)}: {node.Kind()} {node}";

        uses.Should().BeEmpty();
    }
}

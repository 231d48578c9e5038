using System;
using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>run</c>: create, start, wait, delete.</summary>
internal static class RunCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        string word = invocation.Operand(0)!;
        string bundle = invocation.GetString(Flag.Bundle) ?? ".";
        string id = word;
        if (invocation.Dialect == Dialect.Csrun && word.Contains('/', StringComparison.Ordinal))
        {
            bundle = word;
            id = MadeUpId(CommandContext.Absolute(word));
        }

        CreateRequest request = CommandContext.CreateRequest(invocation, reporter, id, bundle) with
        {
            StartsItself = true,
            IsForeground = !invocation.IsSet(Flag.Detach),
        };
        if (invocation.IsSet(Flag.Shim))
        {
            return ShimCommand.Create(invocation, request);
        }

        if (!request.IsForeground)
        {
            ForegroundRun.Detach(request);
            return 0;
        }

        return ForegroundRun.Run(request, invocation.IsSet(Flag.Keep));
    }

    /// <summary>The bundle's name and four characters, for containers nobody needs to name.</summary>
    private static string MadeUpId(string bundle)
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
        string name = bundle[(bundle.LastIndexOf('/') + 1)..];
        Span<char> id = stackalloc char[Math.Min(name.Length, 200) + 5];
        int length = 0;
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, 200)))
        {
            id[length] = char.IsAsciiLetterOrDigit(c) || (length > 0 && c is '_' or '+' or '-' or '.') ? c : 'x';
            length++;
        }

        id[length++] = '-';
        for (int i = 0; i < 4; i++)
        {
            id[length++] = Alphabet[RandomNumber.Below(Alphabet.Length)];
        }

        return new string(id[..length]);
    }
}

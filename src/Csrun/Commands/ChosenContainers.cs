using System;
using System.Collections.Generic;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary>The containers that a command's ID means: one, or with --regex all whose ids it matches.</summary>
internal static class ChosenContainers
{
    /// <summary>Does something to each; one that fails does not keep the others from it.</summary>
    /// <exception cref="RuntimeException">ID is not a regular expression, or the first failure of several.</exception>
    public static void ForEach(Invocation invocation, StateRoot root, Action<string> work)
    {
        string word = invocation.Operand(0)!;
        if (!invocation.IsSet(Flag.Regex))
        {
            work(word);
            return;
        }

        RuntimeException? failure = null;
        foreach (string id in Matching(root, word))
        {
            try
            {
                work(id);
            }
            catch (RuntimeException error)
            {
                failure ??= new RuntimeException(id + ": " + error.Message);
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private static List<string> Matching(StateRoot root, string word)
    {
        using PosixPattern pattern = PosixPattern.Compile(word)
            ?? throw new RuntimeException("--regex: \"" + word + "\" is not a regular expression");
        List<string> ids = [];
        foreach (string id in root.ListIds(out _))
        {
            if (pattern.Matches(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}

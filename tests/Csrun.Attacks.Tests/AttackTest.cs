using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Csrun.Attacks.Tests;

/// <summary>
/// A container made to get out. Each attack has its harmless twin, which must work: a runtime that refuses everything
/// passes no test. The canary and the rest of the machine are watched by the outside invariant.
/// </summary>
public abstract class AttackTest : RuntimeTest
{
    /// <summary>How long a race runs.</summary>
    protected static readonly TimeSpan RaceTime = TimeSpan.FromSeconds(3);

    /// <summary>More rounds than these a race must have had to count.</summary>
    protected const int FewRounds = 10;

    private static readonly TimeSpan LongestRace = TimeSpan.FromSeconds(60);

    /// <summary>A path in the bundle's root.</summary>
    protected static string In(Bundle bundle, params string[] parts)
    {
        return Path.Combine([bundle.Rootfs, .. parts]);
    }

    /// <summary>Takes the directory away and puts a link there.</summary>
    protected static void ReplaceByLink(string path, string target)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.CreateSymbolicLink(path, target);
    }

    /// <summary>
    /// Exchanges two names without pause while <paramref name="work"/> is done again and again for
    /// <see cref="RaceTime"/>, or longer where that is only a few rounds; returns how often it was.
    /// </summary>
    protected static int WhileSwapping(string one, string other, Action work)
    {
        using CancellationTokenSource stop = new();
        Thread swapper = new(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Exchange(one, other);
            }
        });
        swapper.Start();
        int rounds = 0;
        try
        {
            for (Stopwatch clock = Stopwatch.StartNew();
                clock.Elapsed < RaceTime || (rounds <= FewRounds && clock.Elapsed < LongestRace); rounds++)
            {
                work();
            }
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }

        return rounds;
    }

    // renameat2 with RENAME_EXCHANGE: at no moment is either name missing.
    private static void Exchange(string one, string other)
    {
        const uint RenameExchange = 2;
        _ = NativeCalls.renameat2(NativeCalls.AT_FDCWD, one, NativeCalls.AT_FDCWD, other, RenameExchange);
    }
}

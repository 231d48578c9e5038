using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Csrun.Bench;

/// <summary>Times one step of a round.</summary>
internal delegate void Timing(string step, Command command);

/// <summary>Somebody who takes part in a case.</summary>
/// <param name="Name">The column it is shown in.</param>
/// <param name="Round">One round: some steps of it timed, what is needed around them not.</param>
internal sealed record Contestant(string Name, Action<Timing> Round);

/// <summary>Lets contestants take turns, so that whatever the machine does happens to all of them.</summary>
internal sealed class Interleaving
{
    private const int PauseMilliseconds = 150;
    private const int WarmUpRounds = 3;

    private readonly Results _results;

    internal Interleaving(Results results)
    {
        _results = results;
    }

    /// <summary>Runs that many rounds; each begins with another contestant.</summary>
    internal void Run(IReadOnlyList<Contestant> contestants, Pace pace, int rounds)
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            foreach (Contestant contestant in contestants)
            {
                contestant.Round(static (_, command) => command.Run());
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            int first = round % contestants.Count;
            foreach (Contestant contestant in contestants.Skip(first).Concat(contestants.Take(first)))
            {
                contestant.Round((step, command) => Time(contestant.Name, step, pace, command));
            }
        }
    }

    private void Time(string contestant, string step, Pace pace, Command command)
    {
        if (pace == Pace.Paused)
        {
            Thread.Sleep(PauseMilliseconds);
        }

        _results.Add(step, pace, contestant, command.Run());
    }
}

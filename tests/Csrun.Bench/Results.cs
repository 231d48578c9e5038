using System.Collections.Generic;
using System.Linq;

namespace Csrun.Bench;

/// <summary>How a case is paced: back to back hides what the kernel does behind, a pause shows it.</summary>
internal enum Pace
{
    BackToBack,
    Paused,
}

/// <summary>All times in milliseconds, by step, pace and contestant; in each the rounds in their order.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Step, Pace Pace, string Contestant), List<double>> _samples = [];

    internal void Add(string step, Pace pace, string contestant, double sample)
    {
        if (!_samples.TryGetValue((step, pace, contestant), out List<double>? samples))
        {
            _samples[(step, pace, contestant)] = samples = [];
        }

        samples.Add(sample);
    }

    /// <summary>The median wall time in milliseconds; null where the contestant has no such step.</summary>
    internal double? Median(string step, Pace pace, string contestant)
    {
        return Median(Find(step, pace, contestant));
    }

    /// <summary>The median of the rounds' ratios: what the machine does in one round happens to both.</summary>
    internal double? Ratio(string step, Pace pace, string contestant, string to)
    {
        return Median(Find(step, pace, contestant).Zip(Find(step, pace, to), (one, other) => one / other));
    }

    private List<double> Find(string step, Pace pace, string contestant)
    {
        return _samples.GetValueOrDefault((step, pace, contestant)) ?? [];
    }

    private static double? Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? null
            : sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

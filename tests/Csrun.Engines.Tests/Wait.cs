using System;
using System.Threading;

namespace Csrun.Engines.Tests;

/// <summary>For what an engine does after its answer.</summary>
internal static class Wait
{
    /// <summary>Asks until the answer is as wanted, for at most ten seconds.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It never was; the last answer is in the message.</exception>
    internal static string Until(Func<string> ask, Func<string, bool> wanted)
    {
        string answer = "";
        for (long end = Environment.TickCount64 + 10_000; Environment.TickCount64 < end; Thread.Sleep(50))
        {
            answer = ask();
            if (wanted(answer))
            {
                return answer;
            }
        }

        throw new Xunit.Sdk.XunitException($"not in ten seconds: {answer}");
    }
}

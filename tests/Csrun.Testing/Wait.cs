using System;
using System.Threading;

namespace Csrun.Testing;

/// <summary>For what a program does after its answer.</summary>
public static class Wait
{
    /// <summary>Asks until the answer is as wanted, for at most so many seconds.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It never was; the last answer is in the message.</exception>
    public static string Until(Func<string> ask, Func<string, bool> wanted, int seconds = 10)
    {
        string answer = "";
        for (long end = Environment.TickCount64 + (seconds * 1000); Environment.TickCount64 < end; Thread.Sleep(50))
        {
            answer = ask();
            if (wanted(answer))
            {
                return answer;
            }
        }

        throw new Xunit.Sdk.XunitException($"not in {seconds} seconds: {answer}");
    }
}

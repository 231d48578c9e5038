namespace Csrun.Conformance.Tests;

/// <summary>An operation that fails, whoever's runtime it is.</summary>
internal static class Failing
{
    /// <summary>It fails with a message; csrun by code 1 and these words, which are its own.</summary>
    internal static RunResult Fails(this RunResult result, params string[] words)
    {
        return result.FailsBy(1, words);
    }

    /// <summary>The same of an exec, whose other codes are the program's own.</summary>
    internal static RunResult FailsAsExec(this RunResult result, params string[] words)
    {
        return result.FailsBy(255, words);
    }

    private static RunResult FailsBy(this RunResult result, int code, string[] words)
    {
        result.ExitCode.Should().NotBe(0, result.ToString());
        result.Stderr.Should().NotBeEmpty(result.ToString());
        if (RuntimeBinary.UnderTest.IsCsrun)
        {
            result.Exits(code);
            foreach (string word in words)
            {
                result.Message.Should().Contain(word);
            }
        }

        return result;
    }
}

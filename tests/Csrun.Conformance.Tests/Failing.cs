namespace Csrun.Conformance.Tests;

/// <summary>An operation that fails, whoever's runtime it is.</summary>
internal static class Failing
{
    /// <summary>It fails with a message; csrun by code 1 and these words, which are its own.</summary>
    internal static RunResult Fails(this RunResult result, params string[] words)
    {
        result.ExitCode.Should().NotBe(0, result.ToString());
        result.Stderr.Should().NotBeEmpty(result.ToString());
        if (RuntimeBinary.UnderTest.IsCsrun)
        {
            result.Exits(1);
            foreach (string word in words)
            {
                result.Message.Should().Contain(word);
            }
        }

        return result;
    }
}

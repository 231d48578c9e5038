using System;

namespace Csrun.Testing;

/// <summary>Whether the long runs are asked for: <c>make nightly</c> sets CSRUN_NIGHTLY=1.</summary>
public static class Nightly
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("CSRUN_NIGHTLY") == "1";
}

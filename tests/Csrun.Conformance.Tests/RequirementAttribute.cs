using System;

namespace Csrun.Conformance.Tests;

/// <summary>Requirements that a test shows beside the one in its name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequirementAttribute : Attribute
{
    /// <param name="ids">With blanks between.</param>
    public RequirementAttribute(string ids)
    {
        Ids = ids;
    }

    /// <summary>Their ids.</summary>
    public string Ids { get; }
}

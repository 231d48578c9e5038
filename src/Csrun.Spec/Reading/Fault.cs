namespace Csrun.Spec;

/// <summary>One thing that is wrong with a document.</summary>
/// <param name="Place">
/// Where: a path of JSON names as in <c>mounts[3].options[1]</c> or <c>linux.sysctl["kernel.sem"]</c>; for text that is
/// no JSON <c>line 12, column 7</c>, counted from 1, the column in bytes.
/// </param>
/// <param name="Message">What: <c>missing</c>, <c>expected X, found Y</c>, <c>needs Z</c>.</param>
public readonly record struct Fault(string Place, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Message}";
}

namespace Csrun.Spec.Tests;

/// <summary>A theory over the specification's examples, skipped where they are not at hand.</summary>
public sealed class SchemaTheoryAttribute : TheoryAttribute
{
    public SchemaTheoryAttribute()
    {
        Skip = Documents.Schema is null
            ? "../shared/spec/schema is not there, and CSRUN_SHARED names no other place"
            : null;
    }
}

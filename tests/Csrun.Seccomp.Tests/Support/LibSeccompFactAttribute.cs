using System;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>A test that needs the package libseccomp2.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibSeccompFactAttribute : FactAttribute
{
    public LibSeccompFactAttribute()
    {
        Skip = LibSeccomp.IsThere ? null : LibSeccomp.Missing;
    }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibSeccompTheoryAttribute : TheoryAttribute
{
    public LibSeccompTheoryAttribute()
    {
        Skip = LibSeccomp.IsThere ? null : LibSeccomp.Missing;
    }
}

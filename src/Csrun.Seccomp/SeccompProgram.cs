using System;
using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>A compiled profile: what seccomp(2) is given.</summary>
public sealed record SeccompProgram
{
    /// <summary>struct sock_filter, eight bytes each: code, jt, jf, k from the lowest byte on. At most 4096.</summary>
    public required ReadOnlyMemory<ulong> Instructions { get; init; }

    /// <summary>The flags that the profile names; null where it does not say, which is the runtime's choice.</summary>
    public required SeccompFilterFlag? Flags { get; init; }

    /// <summary>Some call is answered by SECCOMP_RET_USER_NOTIF, so there must be a listener.</summary>
    public required bool Notifies { get; init; }

    /// <summary>Names of calls that no architecture has, which were skipped; empty in most cases.</summary>
    public required IReadOnlyList<string> UnknownNames { get; init; }
}

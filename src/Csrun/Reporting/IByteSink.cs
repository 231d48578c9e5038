using System;

namespace Csrun.Reporting;

/// <summary>Where finished output goes: a descriptor in the program, a list in a test.</summary>
internal interface IByteSink
{
    /// <summary>
    /// Writes all of it, in one write(2) where the kernel takes it at once, so that lines of several writers do not mix.
    /// What cannot be written is lost: there is no one left to tell.
    /// </summary>
    void Write(ReadOnlySpan<byte> bytes);
}

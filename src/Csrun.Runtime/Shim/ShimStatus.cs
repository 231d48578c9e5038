using System;
using System.Runtime.InteropServices;
using Csrun.Linux;

namespace Csrun.Runtime.Shim;

/// <summary>How much is known of a container's end.</summary>
public enum ExitKnowledge
{
    /// <summary>It has not ended, as far as its shim knows.</summary>
    None,

    /// <summary>It has ended, and how is known.</summary>
    Known,

    /// <summary>It has ended; nobody was there to be told how.</summary>
    Unknown,
}

/// <summary>
/// What a shim tells others, as the content of one file of fixed size: it is written in place, so that a full file
/// system cannot keep an exit status from being noted, and it is still there when the shim was killed.
/// </summary>
/// <remarks>Times are ticks of UTC (<see cref="DateTime.Ticks"/>); 0 is not yet.</remarks>
[StructLayout(LayoutKind.Sequential)]
public struct ShimStatus
{
    private const uint Format = 0x31485343; // CSH1

    private uint _format;

    /// <summary>The shim's process.</summary>
    public int ShimPid;

    /// <summary>Its start (<see cref="ProcessIdentity.StartTime"/>).</summary>
    public ulong ShimStart;

    /// <summary>Bytes of standard output that went to no log.</summary>
    public ulong LostOutput;

    /// <summary>Bytes of standard error that went to no log.</summary>
    public ulong LostError;

    /// <summary>Bytes that attached clients were too slow for; the log has them.</summary>
    public ulong LostAttached;

    /// <summary>The errno of the last write to the log; 0 where it went well.</summary>
    public int LogError;

    /// <summary>How many shims the container has had.</summary>
    public int Shims;

    /// <summary>Whether the members below are meant.</summary>
    public ExitKnowledge Exit;

    /// <summary>The exit code, where it ended by itself.</summary>
    public int ExitCode;

    /// <summary>The signal that ended it; 0 where it ended by itself.</summary>
    public int ExitSignal;

    /// <summary>Whether the memory limit killed a process of it: 1 or 0.</summary>
    public int OutOfMemory;

    /// <summary>When its program began.</summary>
    public long Started;

    /// <summary>When it ended.</summary>
    public long Finished;

    /// <summary>The shim.</summary>
    public readonly ProcessIdentity Shim => new(ShimPid, ShimStart);

    /// <summary>The exit code as a shell reports it: the code itself, or 128 and the signal.</summary>
    public readonly int ShellStatus => ExitSignal == 0 ? ExitCode : 128 + ExitSignal;

    /// <summary>Reads the file; false where it is no status.</summary>
    public static bool Read(int file, out ShimStatus status)
    {
        status = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ShimStatus>(ref status));
        return Kernel.pread(file, bytes, 0) == bytes.Length && status._format == Format;
    }

    /// <summary>Writes the file in place.</summary>
    public void Write(int file)
    {
        _format = Format;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<ShimStatus>(in this));
        KernelException.Check(
            Kernel.pwrite(file, bytes, 0), "write", "shim/status"u8);
    }
}

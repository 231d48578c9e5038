using System;
using System.Runtime.CompilerServices;
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

    /// <summary>
    /// When it ended; noted last, once what its pipes held by then is logged. A shim that dies before that leaves 0.
    /// </summary>
    public long Finished;

    /// <summary>The shim.</summary>
    public readonly ProcessIdentity Shim => new(ShimPid, ShimStart);

    /// <summary>The exit code as a shell reports it: the code itself, or 128 and the signal.</summary>
    public readonly int ShellStatus => ExitSignal == 0 ? ExitCode : 128 + ExitSignal;

    /// <summary>Notes how the container's first process ended; null where nobody could tell.</summary>
    public void NoteExit(Kernel.ExitInfo? info)
    {
        bool isExit = info?.Code == Kernel.CLD_EXITED;
        Exit = info is null ? ExitKnowledge.Unknown : ExitKnowledge.Known;
        ExitCode = isExit ? info!.Value.Status : 0;
        ExitSignal = isExit ? 0 : info?.Status ?? 0;
    }

    /// <summary>Reads the file; false where it is no status.</summary>
    public static bool Read(int file, out ShimStatus status)
    {
        // What is read while it is written may be older in part: read again, it has all that belongs to an end.
        return ReadOnce(file, out status) && (status.Exit == ExitKnowledge.None || ReadOnce(file, out status));
    }

    /// <summary>
    /// Writes the file in place: <see cref="Exit"/> only after what it vouches for, as the last bytes of the second
    /// part.
    /// </summary>
    /// <exception cref="KernelException">Not all of it could be written.</exception>
    public void Write(int file)
    {
        _format = Format;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<ShimStatus>(in this));
        ref byte code = ref Unsafe.As<int, byte>(ref ExitCode);
        int vouched = (int)Unsafe.ByteOffset(ref Unsafe.As<ShimStatus, byte>(ref this), ref code);
        WritePart(file, bytes[vouched..], vouched);
        WritePart(file, bytes[..vouched], 0);
    }

    private static void WritePart(int file, ReadOnlySpan<byte> part, int offset)
    {
        int written = KernelException.Check(Kernel.pwrite(file, part, offset), "write", "shim/status"u8);
        if (written != part.Length)
        {
            throw new KernelException("write", "shim/status", Errno.ENOSPC);
        }
    }

    private static bool ReadOnce(int file, out ShimStatus status)
    {
        status = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ShimStatus>(ref status));
        return Kernel.pread(file, bytes, 0) == bytes.Length && status._format == Format;
    }
}

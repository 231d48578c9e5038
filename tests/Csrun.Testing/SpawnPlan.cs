using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Csrun.Testing;

/// <summary>A descriptor of this process and the number it has in the new one.</summary>
/// <param name="From">The descriptor here.</param>
/// <param name="To">Its number there.</param>
public readonly record struct FdMove(int From, int To);

/// <summary>
/// A program ready to be started by posix_spawn(3), again and again: arguments, environment and descriptors are laid
/// out once. The new process leads its own group, has default signals and an empty mask, and no descriptor but those
/// named.
/// </summary>
/// <remarks>Not System.Diagnostics.Process: that one reaps on its own, and cannot pass descriptors.</remarks>
public sealed unsafe class SpawnPlan : IDisposable
{
    private const int OpaqueSize = 512;
    private const int FirstSpareFd = 200;
    private static readonly ConcurrentDictionary<int, byte> s_running = new();

    private readonly List<nint> _memory = [];
    private readonly List<int> _spares = [];
    private readonly byte* _program;
    private readonly byte** _arguments;
    private readonly byte** _environment;
    private readonly void* _actions;
    private readonly void* _attributes;

    /// <param name="program">Path of the executable.</param>
    /// <param name="arguments">All of argv, its name first.</param>
    /// <param name="environment">KEY=value entries.</param>
    /// <param name="descriptors">What the process has open, 0 to 2 included.</param>
    /// <param name="workingDirectory">Where it starts; null: here.</param>
    public SpawnPlan(
        string program,
        IEnumerable<byte[]> arguments,
        IEnumerable<string> environment,
        IReadOnlyList<FdMove> descriptors,
        string? workingDirectory = null)
    {
        _program = Text(Encoding.UTF8.GetBytes(program));
        _arguments = Vector(arguments);
        _environment = Vector(environment.Select(Encoding.UTF8.GetBytes));
        _actions = Zeroed(OpaqueSize);
        _attributes = Zeroed(OpaqueSize);
        Check(Libc.posix_spawn_file_actions_init(_actions));
        MoveDescriptors(descriptors);
        if (workingDirectory is not null)
        {
            Check(Libc.posix_spawn_file_actions_addchdir_np(_actions, Text(Encoding.UTF8.GetBytes(workingDirectory))));
        }

        void* signals = Zeroed(128);
        Check(Libc.posix_spawnattr_init(_attributes));
        Check(Libc.posix_spawnattr_setflags(
            _attributes, Libc.POSIX_SPAWN_SETPGROUP | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK));
        Check(Libc.posix_spawnattr_setpgroup(_attributes, 0));
        Check(Libc.sigemptyset(signals));
        Check(Libc.posix_spawnattr_setsigmask(_attributes, signals));
        Check(Libc.sigfillset(signals));
        Check(Libc.posix_spawnattr_setsigdefault(_attributes, signals));
    }

    /// <summary>As above, with arguments that are text.</summary>
    public SpawnPlan(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<string> environment,
        IReadOnlyList<FdMove> descriptors,
        string? workingDirectory = null)
        : this(program, arguments.Select(Encoding.UTF8.GetBytes), environment, descriptors, workingDirectory)
    {
    }

    /// <summary>Starts the program and returns its pid. Wait for it with <see cref="Wait"/>.</summary>
    public int Start()
    {
        int pid;
        int error = Libc.posix_spawn(&pid, _program, _actions, _attributes, _arguments, _environment);
        if (error != 0)
        {
            throw new Win32Exception(
                error,
                $"posix_spawn {Marshal.PtrToStringUTF8((nint)_program)}: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        s_running[pid] = 0;
        return pid;
    }

    /// <summary>Waits for a started program; the status as wait(2) has it.</summary>
    public static int Wait(int pid, out ResourceUsage usage)
    {
        int status;
        ResourceUsage used;
        while (Libc.wait4(pid, &status, 0, &used) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Libc.EINTR)
            {
                throw new Win32Exception(error);
            }
        }

        s_running.TryRemove(pid, out _);
        usage = used;
        return status;
    }

    /// <summary>What a shell calls $?: the exit code, or 128 and the signal.</summary>
    public static int ExitCode(int status)
    {
        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    public void Dispose()
    {
        _ = Libc.posix_spawn_file_actions_destroy(_actions);
        _ = Libc.posix_spawnattr_destroy(_attributes);
        _spares.ForEach(fd => Libc.close(fd));
        _memory.ForEach(Marshal.FreeHGlobal);
        _spares.Clear();
        _memory.Clear();
    }

    /// <summary>Somebody is waiting for this child: the reaper leaves it alone.</summary>
    internal static bool IsAwaited(int pid)
    {
        return s_running.ContainsKey(pid);
    }

    // Sources go to high numbers first, so that no target overwrites one that is still needed.
    private void MoveDescriptors(IReadOnlyList<FdMove> descriptors)
    {
        foreach (FdMove move in descriptors)
        {
            int spare = Libc.fcntl(move.From, Libc.F_DUPFD_CLOEXEC, FirstSpareFd);
            if (spare < 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), $"fd {move.From}");
            }

            _spares.Add(spare);
            Check(Libc.posix_spawn_file_actions_adddup2(_actions, spare, move.To));
        }

        // What the test's own caller left open to it is not for the program.
        Check(Libc.posix_spawn_file_actions_addclosefrom_np(_actions, descriptors.Max(move => move.To) + 1));
    }

    private byte** Vector(IEnumerable<byte[]> entries)
    {
        byte[][] all = [.. entries];
        byte** vector = (byte**)Zeroed((all.Length + 1) * sizeof(nint));
        for (int i = 0; i < all.Length; i++)
        {
            vector[i] = Text(all[i]);
        }

        return vector;
    }

    private byte* Text(byte[] bytes)
    {
        byte* text = (byte*)Zeroed(bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(text, bytes.Length));
        return text;
    }

    private void* Zeroed(int size)
    {
        nint memory = Marshal.AllocHGlobal(size);
        _memory.Add(memory);
        new Span<byte>((void*)memory, size).Clear();
        return (void*)memory;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }
}

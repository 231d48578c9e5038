using System;
using System.Runtime.InteropServices;

namespace Csrun.Linux;

/// <summary>
/// Starting a helper program: libc's posix_spawn(3), whose child shares this memory until its execve and runs nothing
/// but libc's own code there. Tmds.LibC does not bind it.
/// </summary>
public static unsafe partial class Kernel
{
    // spawn.h
    private const short POSIX_SPAWN_SETPGROUP = 2;
    private const short POSIX_SPAWN_SETSIGDEF = 4;
    private const short POSIX_SPAWN_SETSIGMASK = 8;
    private const short POSIX_SPAWN_SETSID = 128;

    /// <summary>Room for any of the three opaque types: glibc's largest has 336 bytes.</summary>
    private const int OpaqueSize = 512;
    private const int SpawnSignalSetSize = 128;

    /// <summary>
    /// Starts a program that leads a process group of its own, with default signals, an empty mask, and no descriptors
    /// but 0, 1 and 2.
    /// </summary>
    /// <param name="path">Its file, not searched for.</param>
    /// <param name="arguments">argv, ended by a null pointer.</param>
    /// <param name="environment">The whole environment, ended by a null pointer.</param>
    /// <param name="directory">A descriptor of its working directory; negative leaves this process's.</param>
    /// <param name="streams">The descriptors that become 0, 1 and 2; each of them 3 or more.</param>
    /// <param name="pid">The process, to be waited for.</param>
    /// <returns>Zero, or the negated errno of the step or the execve that failed.</returns>
    public static int posix_spawn(
        byte* path,
        byte** arguments,
        byte** environment,
        int directory,
        (int Input, int Output, int Error) streams,
        out int pid)
    {
        ReadOnlySpan<int> descriptors = [streams.Input, streams.Output, streams.Error];
        return Spawn(
            path, arguments, environment, directory, descriptors, POSIX_SPAWN_SETPGROUP, descriptors.Length, out pid);
    }

    /// <summary>
    /// The same with any number of descriptors: the first becomes 0, and so on; all others are closed.
    /// </summary>
    /// <param name="path">Its file, not searched for.</param>
    /// <param name="arguments">argv, ended by a null pointer.</param>
    /// <param name="environment">The whole environment, ended by a null pointer.</param>
    /// <param name="descriptors">At least three; none has a number that a later one becomes.</param>
    /// <param name="pid">The process, to be waited for.</param>
    /// <returns>Zero, or the negated errno of the step or the execve that failed.</returns>
    public static int posix_spawn(
        byte* path, byte** arguments, byte** environment, ReadOnlySpan<int> descriptors, out int pid)
    {
        return Spawn(
            path, arguments, environment, -1, descriptors, POSIX_SPAWN_SETPGROUP, descriptors.Length, out pid);
    }

    /// <summary>
    /// Starts a program that leads a session of its own, with default signals, an empty mask, this process's working
    /// directory, and no descriptors but 0, 1, 2 and those up to <paramref name="firstClosed"/>.
    /// </summary>
    /// <param name="path">Its file, not searched for.</param>
    /// <param name="arguments">argv, ended by a null pointer.</param>
    /// <param name="environment">The whole environment, ended by a null pointer.</param>
    /// <param name="streams">The descriptors that become 0, 1 and 2.</param>
    /// <param name="firstClosed">The lowest descriptor that is closed; 3 or more.</param>
    /// <param name="pid">The process, to be waited for.</param>
    /// <returns>Zero, or the negated errno of the step or the execve that failed.</returns>
    public static int posix_spawn_session(
        byte* path,
        byte** arguments,
        byte** environment,
        (int Input, int Output, int Error) streams,
        int firstClosed,
        out int pid)
    {
        return Spawn(
            path,
            arguments,
            environment,
            -1,
            [streams.Input, streams.Output, streams.Error],
            POSIX_SPAWN_SETSID,
            firstClosed,
            out pid);
    }

    private static int Spawn(
        byte* path,
        byte** arguments,
        byte** environment,
        int directory,
        ReadOnlySpan<int> descriptors,
        short group,
        int firstClosed,
        out int pid)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        int started = 0;
        int error = posix_spawn_file_actions_init(actions);
        if (error == 0)
        {
            error = posix_spawnattr_init(attributes);
            error = error != 0 ? error : AddActions(actions, directory, descriptors, firstClosed);
            error = error != 0 ? error : SetAttributes(attributes, group);
            error = error != 0 ? error : posix_spawn(&started, path, actions, attributes, arguments, environment);
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
        }

        pid = started;
        return -error;
    }

    private static int AddActions(byte* actions, int directory, ReadOnlySpan<int> descriptors, int firstClosed)
    {
        // The directory first: its descriptor may have one of the numbers that are filled next.
        int error = directory < 0 ? 0 : posix_spawn_file_actions_addfchdir_np(actions, directory);
        for (int i = 0; i < descriptors.Length && error == 0; i++)
        {
            error = posix_spawn_file_actions_adddup2(actions, descriptors[i], i);
        }

        return error != 0 ? error : posix_spawn_file_actions_addclosefrom_np(actions, firstClosed);
    }

    private static int SetAttributes(byte* attributes, short group)
    {
        byte* signals = stackalloc byte[SpawnSignalSetSize];
        _ = sigemptyset(signals);
        int error = posix_spawnattr_setsigmask(attributes, signals);
        _ = sigfillset(signals);
        error = error != 0 ? error : posix_spawnattr_setsigdefault(attributes, signals);
        error = error != 0 ? error : posix_spawnattr_setpgroup(attributes, 0);
        return error != 0
            ? error
            : posix_spawnattr_setflags(
                attributes, (short)(group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    }

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawn(
        int* pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int newFd);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawn_file_actions_addfchdir_np(byte* actions, int fd);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawnattr_setpgroup(byte* attributes, int group);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc.so.6")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc.so.6")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc.so.6")]
    private static partial int sigfillset(byte* signals);
}

using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// The program with its arguments and environment, in the form execve takes, built before the clone: what the child
/// still does is find the program, go to its directory, and become it.
/// </summary>
public sealed unsafe class ExecImage
{
    private readonly byte** _arguments;
    private readonly byte** _environment;
    private readonly byte[] _searchPath = [];
    private readonly bool _hasHome;
    private int _environmentCount;
    private byte[] _file = [];

    /// <summary>Copies arguments and environment of a plan to memory that does not move.</summary>
    public ExecImage(ProcessPlan process)
        : this(ProcessPlanner.Bytes(process.Arguments), ProcessPlanner.Bytes(process.Environment))
    {
    }

    /// <summary>The same for arguments and NAME=value entries that need not be UTF-8; none holds a NUL.</summary>
    public ExecImage(IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment)
    {
        _arguments = NativeText.Vector(arguments);

        const int RoomForOwn = 3;
        _environment = NativeText.Vector(environment.Count, RoomForOwn);
        foreach (byte[] entry in environment)
        {
            AddVariable(entry);
            _hasHome |= entry.AsSpan().StartsWith("HOME="u8) && entry.Length > "HOME=".Length;
            if (entry.AsSpan().StartsWith("PATH="u8))
            {
                _searchPath = entry["PATH=".Length..];
            }
        }
    }

    private ReadOnlySpan<byte> Program => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_arguments[0]);

    /// <summary>The program's environment: what hooks without one of their own get in the container.</summary>
    internal byte** Environment => _environment;

    /// <summary>
    /// In the entered root: sets HOME from the container's passwd where the environment has none, goes to the working
    /// directory, made where it is missing, and finds the program, so that create can already say it is not there.
    /// </summary>
    /// <exception cref="KernelException">No directory, or no program: in Go's words, from which engines make 127 and
    /// 126.</exception>
    internal void Prepare(ContainerRoot root, ProcessPlan process)
    {
        if (!_hasHome)
        {
            AddVariable(Encoding.UTF8.GetBytes("HOME=" + HomeDirectory.Find(root, process.Uid)));
        }

        EnterWorkingDirectory(root, process.WorkingDirectory);
        _file = FindProgram();
    }

    /// <summary>
    /// Tells a program whose pid is known only now of the sockets it gets (sd_listen_fds(3)); at most once.
    /// </summary>
    internal void AddActivation(int listenDescriptors)
    {
        AddVariable(Encoding.UTF8.GetBytes("LISTEN_FDS=" + listenDescriptors));
        AddVariable(Encoding.UTF8.GetBytes("LISTEN_PID=" + Kernel.getpid()));
    }

    /// <summary>Becomes the program; returns only by the exception that says why it could not.</summary>
    /// <param name="label">The SELinux label that was asked for; null where none was.</param>
    internal void Execute(string? label)
    {
        fixed (byte* file = _file)
        {
            int failed = Kernel.execve(file, _arguments, _environment);
            throw new KernelException(
                "exec " + Utf8.ToText(_file), string.Empty, (Errno)(-failed), "process.args[0]",
                label is not null && failed is -(int)Errno.EACCES or -(int)Errno.EPERM
                    ? "the policy of SELinux may not let csrun's processes become " + label + " by this program"
                    : null);
        }
    }

    private static void EnterWorkingDirectory(ContainerRoot root, string directory)
    {
        byte[] path = Utf8.Terminated(directory);
        using Fd fd = new(KernelException.Check(root.OpenOrMakeDirectory(path), "chdir to cwd", path, "process.cwd"));
        KernelException.Check(Kernel.fchdir(fd.Number), "chdir to cwd", path, "process.cwd");

        // A directory outside the root, reached through a leaked descriptor, has no path in it (CVE-2024-21626).
        Span<byte> now = stackalloc byte[4096];
        int length = Kernel.getcwd(now);
        if (length > 0 && now[0] != (byte)'/')
        {
            throw new KernelException(
                "chdir to cwd", directory, Errno.ENOENT, "process.cwd",
                "the directory is outside the container's root");
        }
    }

    private byte[] FindProgram()
    {
        if (Program.Contains((byte)'/'))
        {
            byte[] path = Utf8.Terminated(Program, default);
            Errno reason = Probe(path, out _);
            if (reason == Errno.None)
            {
                return path;
            }

            throw reason == Errno.EACCES
                ? new KernelException("exec: " + Quoted(Program), string.Empty, reason, "process.args[0]")
                : new KernelException(
                    "exec: " + Quoted(Program) + ": stat", Utf8.ToText(Program), reason, "process.args[0]");
        }

        return SearchProgram();
    }

    private byte[] SearchProgram()
    {
        bool denied = false;
        ReadOnlySpan<byte> directories = _searchPath;
        foreach (Range range in directories.Split((byte)':'))
        {
            ReadOnlySpan<byte> directory = directories[range];
            byte[] path = Utf8.Terminated(directory.IsEmpty ? "."u8 : directory, "/"u8, Program);
            Errno reason = Probe(path, out bool isDirectory);
            if (reason == Errno.None && !isDirectory)
            {
                return path;
            }

            denied |= reason == Errno.EACCES && !isDirectory;
        }

        throw denied
            ? new KernelException("exec: " + Quoted(Program), string.Empty, Errno.EACCES, "process.args[0]")
            : new KernelException(
                "exec: " + Quoted(Program) + ": executable file not found in $PATH", string.Empty, Errno.None,
                "process.args[0]");
    }

    /// <summary>
    /// Whether a file could be executed: None; EACCES for a directory or without an x bit; or why it is not there.
    /// </summary>
    [SuppressMessage(
        "ApiDesign", "RS0030", Justification = "resolved as execve does it next: in the new root, from the cwd")]
    private static Errno Probe(byte[] path, out bool isDirectory)
    {
        const uint AnyExecute = 0x49;
        int result = Kernel.statx(
            Kernel.AT_FDCWD, path, 0, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        uint mode = (uint)info.stx_mode;
        isDirectory = result == 0 && (mode & Kernel.S_IFMT) == Kernel.S_IFDIR;
        if (result < 0)
        {
            return (Errno)(-result);
        }

        return isDirectory || (mode & AnyExecute) == 0 ? Errno.EACCES : Errno.None;
    }

    private static string Quoted(ReadOnlySpan<byte> text)
    {
        return "\"" + Utf8.ToText(text) + "\"";
    }

    private void AddVariable(byte[] entry)
    {
        _environment[_environmentCount++] = NativeText.Copy(entry);
    }
}

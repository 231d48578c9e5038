using System;
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
    private readonly int _environmentCount;
    private readonly string _program;
    private readonly string _searchPath;
    private readonly bool _hasHome;
    private byte[] _file = [];

    /// <summary>Copies arguments and environment to memory that does not move.</summary>
    public ExecImage(ProcessPlan process)
    {
        _program = process.Arguments[0];
        _arguments = NativeText.Vector(process.Arguments);

        const int RoomForHome = 1;
        _environmentCount = process.Environment.Count;
        _environment = NativeText.Vector(_environmentCount, RoomForHome);
        string searchPath = string.Empty;
        for (int i = 0; i < _environmentCount; i++)
        {
            string entry = process.Environment[i];
            _environment[i] = NativeText.Copy(entry);
            _hasHome |= entry.StartsWith("HOME=", StringComparison.Ordinal) && entry.Length > "HOME=".Length;
            if (entry.StartsWith("PATH=", StringComparison.Ordinal))
            {
                searchPath = entry["PATH=".Length..];
            }
        }

        _searchPath = searchPath;
    }

    /// <summary>The program's environment: what hooks without one of their own get in the container.</summary>
    internal byte** Environment => _environment;

    /// <summary>
    /// In the entered root: sets HOME from the container's passwd where the environment has none, goes to the working
    /// directory, made where it is missing, and finds the program, so that create can already say it is not there.
    /// </summary>
    /// <exception cref="KernelException">No directory, or no program: in Go's words, from which engines make 127 and 126.</exception>
    internal void Prepare(ContainerRoot root, Plan plan)
    {
        ProcessPlan process = plan.Process!;
        if (!_hasHome)
        {
            _environment[_environmentCount] = NativeText.Copy("HOME=" + HomeDirectory.Find(root, process.Uid));
        }

        EnterWorkingDirectory(root, process.WorkingDirectory);
        _file = FindProgram();
    }

    /// <summary>Becomes the program; returns only by the exception that says why it could not.</summary>
    internal void Execute(int preservedDescriptors)
    {
        for (int signal = 1; signal <= Kernel.SignalCount; signal++)
        {
            Kernel.ResetSignal(signal);
        }

        Kernel.SetSignalMask(0);
        const int FirstOwn = 3;
        _ = Kernel.close_range_cloexec(FirstOwn + preservedDescriptors);
        fixed (byte* file = _file)
        {
            int failed = Kernel.execve(file, _arguments, _environment);
            throw new KernelException("exec " + Utf8.ToText(_file), string.Empty, (Errno)(-failed), "process.args[0]");
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
                "chdir to cwd", directory, Errno.ENOENT, "process.cwd", "the directory is outside the container's root");
        }
    }

    private byte[] FindProgram()
    {
        if (_program.Contains('/', StringComparison.Ordinal))
        {
            byte[] path = Utf8.Terminated(_program);
            Errno reason = Probe(path, out _);
            if (reason == Errno.None)
            {
                return path;
            }

            throw reason == Errno.EACCES
                ? new KernelException("exec: " + Quoted(_program), string.Empty, reason, "process.args[0]")
                : new KernelException("exec: " + Quoted(_program) + ": stat", _program, reason, "process.args[0]");
        }

        return SearchProgram();
    }

    private byte[] SearchProgram()
    {
        bool denied = false;
        foreach (Range range in _searchPath.AsSpan().Split(':'))
        {
            string directory = _searchPath[range];
            byte[] path = Utf8.Terminated((directory.Length == 0 ? "." : directory) + "/" + _program);
            Errno reason = Probe(path, out bool isDirectory);
            if (reason == Errno.None && !isDirectory)
            {
                return path;
            }

            denied |= reason == Errno.EACCES && !isDirectory;
        }

        throw denied
            ? new KernelException("exec: " + Quoted(_program), string.Empty, Errno.EACCES, "process.args[0]")
            : new KernelException(
                "exec: " + Quoted(_program) + ": executable file not found in $PATH", string.Empty, Errno.None, "process.args[0]");
    }

    /// <summary>Whether a file could be executed: None; EACCES for a directory or without an x bit; or why it is not there.</summary>
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

    private static string Quoted(string text)
    {
        return "\"" + text + "\"";
    }
}

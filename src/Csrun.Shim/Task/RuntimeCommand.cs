using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>
/// A fresh run of this executable for what needs a clone: create, start with hooks, exec, criu. A long-lived process
/// must not clone a container, and a hook's wait must not be the whole shim's.
/// </summary>
internal sealed class RuntimeCommand : IDisposable
{
    private readonly Fd _log;
    private readonly List<Fd> _lent = [];
    private readonly List<string> _arguments;

    /// <summary>A command line that begins with the state root.</summary>
    /// <param name="stateRoot">--root.</param>
    /// <param name="systemdCgroup">--systemd-cgroup.</param>
    public RuntimeCommand(string stateRoot, bool systemdCgroup)
    {
        _log = MakeFile();
        _arguments = ["csrun", "--root", stateRoot, "--log", PathOf(_log), "--log-format", "json"];
        if (systemdCgroup)
        {
            _arguments.Add("--systemd-cgroup");
        }
    }

    /// <summary>Adds words.</summary>
    public void Add(params ReadOnlySpan<string> words)
    {
        _arguments.AddRange(words);
    }

    /// <summary>A file in memory that the command reads by the path that is returned.</summary>
    public string Lend(ReadOnlySpan<byte> content)
    {
        Fd file = MakeFile();
        _lent.Add(file);
        KernelException.Check(Kernel.WriteAll(file.Number, content), "write", "memfd"u8);
        return PathOf(file);
    }

    /// <summary>Starts it. The caller is told of its end by the reaper.</summary>
    /// <param name="environment">Its environment.</param>
    /// <param name="streams">Its standard streams: the container's.</param>
    /// <returns>Its pid.</returns>
    /// <exception cref="KernelException">It cannot be started.</exception>
    public int Start(IReadOnlyList<byte[]> environment, (int Input, int Output, int Error) streams)
    {
        return KernelException.Check(
            Spawn.Start(Spawn.OwnFile, _arguments, environment, [streams.Input, streams.Output, streams.Error]),
            "fork/exec",
            "csrun"u8);
    }

    /// <summary>The text of the last error in its log; null where there is none.</summary>
    public string? ReadError()
    {
        string? error = null;
        foreach (string line in Encoding.UTF8.GetString(ReadLog()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            error = ErrorOf(Encoding.UTF8.GetBytes(line)) ?? error;
        }

        return error;
    }

    /// <summary>All that it logged, lines of JSON.</summary>
    public byte[] ReadLog()
    {
        _ = Kernel.lseek(_log.Number, 0);
        return Runtime.FileContent.Read(_log.Number, Runtime.FileContent.MaxDocument, out int length)?[..length] ?? [];
    }

    /// <summary>Closes the files it was lent.</summary>
    public void Dispose()
    {
        _log.Dispose();
        foreach (Fd file in _lent)
        {
            file.Dispose();
        }
    }

    private static Fd MakeFile()
    {
        return new Fd(KernelException.Check(Kernel.memfd_create("csrun-shim\0"u8), "memfd_create"));
    }

    private static string PathOf(Fd file)
    {
        return "/proc/" + Kernel.getpid() + "/fd/" + file.Number;
    }

    private static string? ErrorOf(byte[] line)
    {
        bool isError = false;
        string? message = null;
        try
        {
            Utf8JsonReader reader = new(line);
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isLevel = reader.ValueTextEquals("level"u8);
                bool isMessage = reader.ValueTextEquals("msg"u8);
                _ = reader.Read();
                isError |= isLevel && reader.ValueTextEquals("error"u8);
                message = isMessage ? reader.GetString() : message;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // A line that a killed command did not finish.
        }

        return isError ? message : null;
    }
}

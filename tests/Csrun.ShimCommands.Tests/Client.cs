using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Csrun.Testing.Outside;
using Mono.Unix.Native;

namespace Csrun.ShimCommands.Tests;

/// <summary>A csrun that runs beside the test: attach, logs -f, wait.</summary>
public sealed class Client : IDisposable
{
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly Pipe _error = new();
    private readonly PseudoTerminal? _terminal;
    private readonly int _pid;
    private int? _exitCode;

    /// <param name="program">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="terminal">What its streams are; null: pipes.</param>
    public Client(string program, IEnumerable<string> arguments, PseudoTerminal? terminal = null)
    {
        _terminal = terminal;
        using SpawnPlan plan = new(
            program,
            ["csrun", .. arguments],
            ["PATH=/usr/bin:/bin"],
            [
                new FdMove(terminal?.Other.Number ?? _input.ReadEnd.Number, 0),
                new FdMove(terminal?.Other.Number ?? _output.WriteEnd.Number, 1),
                new FdMove(terminal?.Other.Number ?? _error.WriteEnd.Number, 2),
            ]);
        _pid = plan.Start();
        _input.ReadEnd.Dispose();
        _output.WriteEnd.Dispose();
        _error.WriteEnd.Dispose();
        terminal?.Other.Dispose();
    }

    /// <summary>What it has printed so far.</summary>
    public string Text => _terminal?.Text ?? _output.Text;

    /// <summary>What it has complained about so far.</summary>
    public string Error => _error.Text;

    /// <summary>Waits for a text in its output.</summary>
    public void Await(string text)
    {
        if (_terminal is not null)
        {
            _terminal.Await(text);
        }
        else
        {
            _output.Await(text);
        }
    }

    /// <summary>Waits for a text in its complaints.</summary>
    public void AwaitError(string text)
    {
        for (int i = 0; i < 2000 && !_error.Text.Contains(text, StringComparison.Ordinal); i++)
        {
            _ = _error.ReadUntil(static () => false, TimeSpan.FromMilliseconds(2));
            _ = _output.ReadUntil(static () => false, TimeSpan.FromMilliseconds(2));
        }

        _error.Text.Should().Contain(text);
    }

    /// <summary>Types a text.</summary>
    public void Type(string text)
    {
        if (_terminal is not null)
        {
            _terminal.Type(text);
        }
        else
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            using Stream stream = new Mono.Unix.UnixStream(_input.WriteEnd.Number, ownsHandle: false);
            stream.Write(bytes);
        }
    }

    /// <summary>Ends its input.</summary>
    public void EndInput()
    {
        _input.WriteEnd.Dispose();
    }

    /// <summary>Gives the terminal another size, of which the program is told.</summary>
    public void Resize(ushort rows, ushort columns)
    {
        _terminal!.Resize(rows, columns);
        _ = Syscall.kill(_pid, Signum.SIGWINCH);
    }

    /// <summary>Stops it, or lets it go on.</summary>
    public void Signal(Signum signal)
    {
        _ = Syscall.kill(_pid, signal);
    }

    /// <summary>Waits for its end: its exit code as a shell has it.</summary>
    public int Exit()
    {
        for (int i = 0; i < 1500 && _exitCode is null; i++)
        {
            if (Processes.Find(_pid) is null or { State: 'Z' })
            {
                _exitCode = SpawnPlan.ExitCode(SpawnPlan.Wait(_pid, out _));
                TimeSpan limit = TimeSpan.FromSeconds(1);
                _ = _terminal is null && _output.ReadToEnd(limit) & _error.ReadToEnd(limit);
                return _exitCode.Value;
            }

            // A full pipe would keep it from its end.
            _ = _terminal is null && _output.ReadUntil(static () => false, TimeSpan.FromMilliseconds(1));
            Thread.Sleep(10);
        }

        return _exitCode ?? throw new TimeoutException($"the client goes on: {Text} {Error}");
    }

    public void Dispose()
    {
        if (_exitCode is null)
        {
            Signal(Signum.SIGKILL);
            _ = SpawnPlan.Wait(_pid, out _);
        }

        _input.Dispose();
        _output.Dispose();
        _error.Dispose();
        _terminal?.Dispose();
    }
}

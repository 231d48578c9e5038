using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;

namespace Csrun.ContainerdShim.Tests;

/// <summary>Standard streams: fifos, files, loggers, terminals.</summary>
public sealed class StreamTests : ShimTest
{
    private readonly List<Reader> _readers = [];

    protected override void Finish()
    {
        base.Finish();
        _readers.ForEach(reader => reader.Dispose());
    }

    [RootFact]
    public void Output_arrives_whole_and_then_ends()
    {
        Reader output = null!;
        ShimUnderTest shim = Running("head -c 20000000 /dev/zero; echo last >&2; printf end", io: (s, request) =>
        {
            request.Stdout = s.NewFifo();
            output = new Reader(request.Stdout);
        });
        shim.Wait("c1").ExitStatus.Should().Be(0);
        byte[] all = output.ToEnd();
        all.Length.Should().Be(20000003);
        Encoding.ASCII.GetString(all[^3..]).Should().Be("end");
    }

    [RootTheory]
    [InlineData("")]
    [InlineData("file://")]
    public void Output_waits_for_a_reader_of_the_fifo_that_comes_late(string scheme)
    {
        string fifo = "";
        ShimUnderTest shim = Running(
            "echo early", io: (s, request) => request.Stdout = scheme + (fifo = s.NewFifo()));
        shim.Wait("c1").ExitStatus.Should().Be(0);
        Reader late = new(fifo);
        SpinWait.SpinUntil(() => late.Text == "early\n", TimeSpan.FromSeconds(5)).Should().BeTrue();
        _ = shim.Delete("c1");
        late.ToEnd().Should().Equal("early\n"u8.ToArray());
    }

    [RootFact]
    public void A_reader_may_go_and_another_come()
    {
        string fifo = "";
        Reader first = null!;
        ShimUnderTest shim = Running("echo one; read x; echo two", io: (s, request) =>
        {
            request.Stdout = fifo = s.NewFifo();
            request.Stdin = s.NewFifo();
            first = new Reader(fifo);
        });
        SpinWait.SpinUntil(() => first.Text == "one\n", TimeSpan.FromSeconds(5)).Should().BeTrue();
        first.Dispose();
        string stdin = shim.StateOf("c1").Stdin;
        File.WriteAllText(stdin, "go\n");
        shim.Wait("c1").ExitStatus.Should().Be(0);
        Reader second = new(fifo);
        SpinWait.SpinUntil(() => second.Text == "two\n", TimeSpan.FromSeconds(5)).Should().BeTrue();
        second.Dispose();
    }

    [RootFact]
    public void Input_ends_with_CloseIO_and_the_client_s_going()
    {
        Reader output = null!;
        string stdin = "";
        ShimUnderTest shim = Running("exec sha256sum", io: (s, request) =>
        {
            request.Stdin = stdin = s.NewFifo();
            request.Stdout = s.NewFifo();
            output = new Reader(request.Stdout);
        });
        byte[] bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(stdin, bytes);
        Thread.Sleep(100);
        shim.StateOf("c1").Status
            .Should().Be(Csrun.Shim.Messages.Types.Status.Running, "the client went, and may come again");
        shim.Client.Call("CloseIO", new CloseIORequest { Id = "c1", Stdin = true });
        shim.Client.Call("CloseIO", new CloseIORequest { Id = "c1", Stdin = true });
        shim.Wait("c1").ExitStatus.Should().Be(0);
        Encoding.ASCII.GetString(output.ToEnd()).Should().StartWith(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [RootFact]
    public void Standard_output_and_error_may_be_one_fifo()
    {
        Reader output = null!;
        ShimUnderTest shim = Running("echo a; echo b >&2", io: (s, request) =>
        {
            request.Stdout = request.Stderr = s.NewFifo();
            output = new Reader(request.Stdout);
        });
        _ = shim.Wait("c1");
        Encoding.ASCII.GetString(output.ToEnd()).Split('\n').Order().Should().Equal("", "a", "b");
    }

    [RootFact]
    public void A_file_takes_both_streams_and_is_appended_to()
    {
        string file = Path.Combine(Work, "logs", "out");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "before\n");
        ShimUnderTest shim = Running("echo a; echo b >&2", io: (_, request) => request.Stdout = "file://" + file);
        _ = shim.Wait("c1");
        _ = shim.Delete("c1");
        File.ReadAllLines(file).Order().Should().Equal("a", "b", "before");
    }

    [RootFact]
    public void A_missing_fifo_fails_the_create()
    {
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Sh("true");
        bundle.Save();
        shim.Start("c1");
        Action create = () => shim.Create(bundle, request => request.Stdout = "/nosuch/fifo");
        create.Should().Throw<ShimCallException>().Which.Text
            .Should().Contain("containerd-shim: opening file \"/nosuch/fifo\" failed");
    }

    [RootFact]
    public void A_logger_gets_the_streams_and_says_when_it_is_ready()
    {
        string logger = Path.Combine(Work, "logger");
        string log = Path.Combine(Work, "log");
        File.WriteAllText(logger, $$"""
            #!/bin/bash
            echo "$CONTAINER_ID $CONTAINER_NAMESPACE $*" >{{log}}
            printf x >&5
            exec 5>&-
            cat <&3 >>{{log}}
            cat <&4 >>{{log}}
            """);
        Programs.Run("chmod", "755", logger);
        ShimUnderTest shim = Running(
            "echo out; echo err >&2", io: (_, request) => request.Stdout = $"binary://{logger}?key=value&flag=");
        _ = shim.Wait("c1");
        _ = shim.Delete("c1");
        File.ReadAllLines(log).Should().Equal($"c1 {shim.Namespace} key value flag", "out", "err");
    }

    [RootFact]
    public void A_terminal_has_its_size_before_the_start_and_shows_all()
    {
        Reader output = null!;
        ShimUnderTest shim = Created(
            "stty size; tty; printf bye",
            bundle => bundle.Process["terminal"] = true,
            (s, request) =>
            {
                request.Terminal = true;
                request.Stdout = s.NewFifo();
                output = new Reader(request.Stdout);
            });
        shim.Client.Call("ResizePty", new ResizePtyRequest { Id = "c1", Width = 100, Height = 30 });
        _ = shim.StartProcess("c1");
        _ = shim.Wait("c1");
        Encoding.ASCII.GetString(output.ToEnd()).Should().Be("30 100\r\n/dev/pts/0\r\nbye");
        int before = Terminals(shim);
        _ = shim.Delete("c1");
        Terminals(shim).Should().Be(0).And.BeLessThanOrEqualTo(before);
    }

    [RootFact]
    public void A_terminal_of_an_exec_takes_input()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        Reader output = null!;
        string stdin = "";
        shim.Exec("c1", "e1", "read line; echo got $line", request =>
        {
            request.Terminal = true;
            request.Stdin = stdin = shim.NewFifo();
            request.Stdout = shim.NewFifo();
            output = new Reader(request.Stdout);
        });
        _ = shim.StartProcess("c1", "e1");
        File.WriteAllText(stdin, "this\n");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(0);
        Encoding.ASCII.GetString(output.ToEnd()).Should().Be("this\r\ngot this\r\n");
    }

    [RootFact]
    public void Output_that_a_background_process_holds_open_does_not_hold_up_the_delete()
    {
        ShimUnderTest shim = Running(
            "setsid sleep 1000 & exit 0",
            bundle => bundle.WithoutNamespace("pid"),
            (s, request) =>
            {
                request.Stdout = s.NewFifo();
                _readers.Add(new Reader(request.Stdout));
            });
        _ = shim.Wait("c1");
        Stopwatch clock = Stopwatch.StartNew();
        _ = shim.Delete("c1");
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(4));
    }

    [RootFact]
    public void A_file_as_input_is_read_as_any_other()
    {
        string file = Path.Combine(Work, "in");
        string log = Path.Combine(Work, "out");
        File.WriteAllText(file, "line\n");
        ShimUnderTest shim = Running("cat; cat /proc/self/fdinfo/0", io: (_, request) =>
        {
            request.Stdin = file;
            request.Stdout = "file://" + log;
        });
        _ = shim.Wait("c1");
        _ = shim.Delete("c1");
        string[] lines = File.ReadAllLines(log);
        lines[0].Should().Be("line");
        string flags = lines.Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split(':')[1];
        (Convert.ToInt32(flags.Trim(), 8) & (int)Mono.Unix.Native.OpenFlags.O_NONBLOCK).Should().Be(0);
    }

    /// <summary>An exec's delete ends after its container's: it closes nothing that is another's by then.</summary>
    [RootFact]
    public void An_exec_that_is_deleted_longer_than_its_container_does_no_harm()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "head -c 100000 /dev/zero", request => request.Stdout = shim.NewFifo());
        _ = shim.StartProcess("c1", "e1");
        _ = shim.Wait("c1", "e1");
        string stdin = shim.NewFifo();
        string log = Path.Combine(Work, "out");
        Bundle next = shim.NewBundle("c2").Sh("exec cat");

        // It takes two seconds, and the other container must run before they are over.
        Task<Response> exec = shim.Client.Begin("Delete", new DeleteRequest { Id = "c1", ExecId = "e1" });
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        _ = shim.Delete("c1");
        _ = shim.Create(next, request =>
        {
            request.Stdin = stdin;
            request.Stdout = "file://" + log;
        });
        _ = shim.StartProcess("c2");
        exec.IsCompleted.Should().BeFalse("nobody reads what it wrote");
        ShimClient.Answer<DeleteResponse>(exec).ExitStatus.Should().Be(0);
        Task.Run(() => File.WriteAllText(stdin, "still there\n")).Wait(TimeSpan.FromSeconds(5))
            .Should().BeTrue("the shim still has the other end");
        shim.Client.Call("CloseIO", new CloseIORequest { Id = "c2", Stdin = true });
        shim.Wait("c2").ExitStatus.Should().Be(0);
        _ = shim.Delete("c2");
        File.ReadAllText(log).Should().Be("still there\n");
    }

    /// <summary>A logger outlives its container for a moment; its end is not taken for anybody else's.</summary>
    [RootFact]
    public void An_exec_s_logger_is_waited_for_though_the_container_goes()
    {
        string logger = Path.Combine(Work, "logger");
        File.WriteAllText(logger, "#!/bin/bash\nprintf x >&5\nexec 5>&-\ncat <&3\nsleep 1\n");
        Programs.Run("chmod", "755", logger);
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "true", request => request.Stdout = "binary://" + logger);
        _ = shim.StartProcess("c1", "e1");
        _ = shim.Wait("c1", "e1");
        Task<Response> exec = shim.Client.Begin("Delete", new DeleteRequest { Id = "c1", ExecId = "e1" });
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        _ = shim.Delete("c1");
        ShimClient.Answer<DeleteResponse>(exec).ExitStatus.Should().Be(0);
    }

    [RootFact]
    public void No_descriptor_stays_behind()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        int before = 0;
        for (int i = 0; i < 20; i++)
        {
            shim.Exec("c1", "e", "cat; echo x", request =>
            {
                request.Stdin = shim.NewFifo();
                request.Stdout = shim.NewFifo();
                request.Stderr = shim.NewFifo();
                _readers.Add(new Reader(request.Stdout));
            });
            _ = shim.StartProcess("c1", "e");
            shim.Client.Call("CloseIO", new CloseIORequest { Id = "c1", ExecId = "e" });
            _ = shim.Wait("c1", "e");
            _ = shim.Delete("c1", "e");
            before = i == 1 ? Descriptors(shim) : before;
        }

        Descriptors(shim).Should().Be(before);
    }

    private static int Descriptors(ShimUnderTest shim)
    {
        return Directory.GetFiles($"/proc/{shim.Pid}/fd").Length;
    }

    private static int Terminals(ShimUnderTest shim)
    {
        return Directory.GetFiles($"/proc/{shim.Pid}/fd")
            .Count(fd => new FileInfo(fd).LinkTarget?.Contains("ptmx") == true);
    }

    /// <summary>Reads a fifo as clients do: open at once, whoever else has it open.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly MemoryStream _read = new();
        private readonly Lock _lock = new();
        private readonly FileStream _stream;
        private readonly Task _task;
        private volatile bool _stop;

        public Reader(string path)
        {
            int fd = Mono.Unix.Native.Syscall.open(
                path, Mono.Unix.Native.OpenFlags.O_RDONLY | Mono.Unix.Native.OpenFlags.O_NONBLOCK);
            _stream = new FileStream(
                new Microsoft.Win32.SafeHandles.SafeFileHandle((nint)fd, ownsHandle: true), FileAccess.Read, 1);
            _task = Task.Factory.StartNew(
                () => Read(fd), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public string Text
        {
            get
            {
                lock (_lock)
                {
                    return Encoding.ASCII.GetString(_read.ToArray());
                }
            }
        }

        public byte[] ToEnd()
        {
            if (!_task.Wait(TimeSpan.FromSeconds(20)))
            {
                throw new TimeoutException("the fifo does not end; so far: " + Text[^Math.Min(200, Text.Length)..]);
            }

            Dispose();
            return _read.ToArray();
        }

        public void Dispose()
        {
            _stop = true;
            _task.Wait();
            _stream.Dispose();
        }

        private unsafe void Read(int fd)
        {
            byte[] buffer = new byte[65536];
            bool hasBegun = false;
            while (!_stop)
            {
                long count;
                fixed (byte* b = buffer)
                {
                    count = Mono.Unix.Native.Syscall.read(fd, b, (ulong)buffer.Length);
                }

                if (count > 0)
                {
                    hasBegun = true;
                    lock (_lock)
                    {
                        _read.Write(buffer, 0, (int)count);
                    }
                }
                else if (count == 0 && hasBegun)
                {
                    return;
                }
                else
                {
                    hasBegun |= count < 0;
                    Thread.Sleep(1);
                }
            }
        }
    }
}

using System;
using System.IO;
using System.Linq;
using System.Text;
using Csrun.Linux;
using Csrun.Shim.Logs;

namespace Csrun.Shim.Tests;

/// <summary>The files of a log: rotation, what is refused, and reading on from one to the next.</summary>
public sealed class LogFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("csrun-log-").FullName;

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Full_files_move_on_and_the_oldest_goes()
    {
        using LogFile log = Open(new ShimOptions { Format = LogFormat.Cri, MaxSize = 100, MaxFiles = 3 });
        for (int i = 0; i < 20; i++)
        {
            Append(log, $"line {i}\n").Should().Be(0);
        }

        Names().Should().Equal("log", "log.1", "log.2");
        string all = string.Concat(Names().Reverse().Select(name => File.ReadAllText(At(name))));
        all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .Should().EndWith(["17", "18", "19"]);
    }

    [Fact]
    public void One_file_alone_begins_anew_when_it_is_full()
    {
        using LogFile log = Open(new ShimOptions { Format = LogFormat.Cri, MaxSize = 100, MaxFiles = 1 });
        for (int i = 0; i < 20; i++)
        {
            Append(log, "line\n").Should().Be(0);
        }

        Names().Should().Equal("log");
        new FileInfo(At("log")).Length.Should().BeLessThan(200);
    }

    [Fact]
    public void A_file_that_cannot_be_moved_is_written_on_and_tried_again_after_as_much_more()
    {
        Directory.CreateDirectory(At("log.1/in the way"));
        using LogFile log = Open(new ShimOptions { Format = LogFormat.Cri, MaxSize = 100, MaxFiles = 2 });
        for (int i = 0; i < 3; i++)
        {
            Append(log, "nineteen characters\n").Should().Be(0);
        }

        Directory.Delete(At("log.1"), recursive: true);
        Append(log, "next\n").Should().Be(0);
        Names().Should().Equal("log");
        Append(log, new string('x', 100) + "\n").Should().Be(0);
        Append(log, "last\n").Should().Be(0);

        Names().Should().Equal("log", "log.1");
        File.ReadAllText(At("log")).Should().EndWith(" last\n");
    }

    [Fact]
    public void A_file_that_somebody_has_emptied_is_not_moved_for_what_it_had()
    {
        using LogFile log = Open(new ShimOptions { Format = LogFormat.Cri, MaxSize = 100, MaxFiles = 2 });
        Append(log, new string('x', 100) + "\n").Should().Be(0);
        File.WriteAllText(At("log"), "");

        Append(log, "next\n").Should().Be(0);

        Names().Should().Equal("log");
    }

    [Fact]
    public void The_file_is_for_its_owner_and_group_alone()
    {
        using LogFile log = Open(new ShimOptions());

        _ = Mono.Unix.Native.Syscall.stat(At("log"), out Mono.Unix.Native.Stat info);
        ((uint)info.st_mode & 0xfff).Should().Be(0x1a0, "0640");
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        File.WriteAllText(At("elsewhere"), "");
        File.CreateSymbolicLink(At("log"), "elsewhere");

        Action open = () => Open(new ShimOptions());

        open.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ELOOP);
    }

    [Fact]
    public void A_file_with_a_second_name_is_refused()
    {
        File.WriteAllText(At("elsewhere"), "");
        Mono.Unix.Native.Syscall.link(At("elsewhere"), At("log")).Should().Be(0);

        Action open = () => Open(new ShimOptions());

        open.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EPERM);
    }

    [Fact]
    public void A_named_pipe_is_refused_without_waiting_for_it()
    {
        Mono.Unix.Native.Syscall.mkfifo(At("log"), Mono.Unix.Native.FilePermissions.ALLPERMS).Should().Be(0);

        Action open = () => Open(new ShimOptions());

        open.Should().Throw<KernelException>();
    }

    [Fact]
    public void A_new_file_is_begun_when_the_old_one_was_moved_away()
    {
        using LogFile log = Open(new ShimOptions { Format = LogFormat.Cri });
        Append(log, "old\n");
        File.Move(At("log"), At("moved"));

        log.Reopen();
        Append(log, "new\n");

        File.ReadAllText(At("moved")).Should().EndWith("old\n");
        File.ReadAllText(At("log")).Should().EndWith("new\n");
    }

    [Fact]
    public void Lines_are_read_whole_even_where_the_last_one_is_not_finished()
    {
        File.WriteAllText(At("log"), "one\ntw");
        using LogLines lines = new LogFiles(OpenDirectory(), Utf8.Terminated("log")).Open(0)!;

        Next(lines).Should().Be("one");
        Next(lines).Should().BeNull();
        File.AppendAllText(At("log"), "o\n");
        Next(lines).Should().Be("two");
    }

    [Fact]
    public void A_line_that_is_longer_than_any_of_ours_is_passed_over()
    {
        File.WriteAllText(At("log"), new string('x', 1 << 20) + "\nafter\n");
        using LogLines lines = new LogFiles(OpenDirectory(), Utf8.Terminated("log")).Open(0)!;

        Next(lines).Should().Be("after");
    }

    [Fact]
    public void A_file_keeps_its_place_among_the_others_while_they_move()
    {
        File.WriteAllText(At("log"), "a\n");
        using LogFiles files = new(OpenDirectory(), Utf8.Terminated("log"));
        using LogLines lines = files.Open(0)!;
        files.IndexOf(lines).Should().Be(0);

        File.Move(At("log"), At("log.1"));
        File.WriteAllText(At("log"), "b\n");

        files.IndexOf(lines).Should().Be(1);
        File.Delete(At("log.1"));
        files.IndexOf(lines).Should().Be(-1);
    }

    private static int Append(LogFile log, string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        return log.Append(LogStream.Output, ref bytes);
    }

    private static string? Next(LogLines lines)
    {
        return lines.Next(out ReadOnlySpan<byte> line) ? Encoding.UTF8.GetString(line) : null;
    }

    private LogFile Open(ShimOptions options)
    {
        return LogFile.Open(OpenDirectory(), "log\0"u8, options);
    }

    private Fd OpenDirectory()
    {
        return new Fd(Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(_directory), Kernel.O_RDONLY | Kernel.O_CLOEXEC));
    }

    private string At(string name)
    {
        return Path.Combine(_directory, name);
    }

    private string[] Names()
    {
        return [.. Directory.GetFiles(_directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }
}

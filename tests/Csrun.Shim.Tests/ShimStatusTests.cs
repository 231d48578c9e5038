using System;
using System.IO;
using Csrun.Linux;
using Csrun.Runtime.Shim;

namespace Csrun.Shim.Tests;

/// <summary>What a shim tells others.</summary>
public sealed class ShimStatusTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_path);
    }

    [Theory]
    [InlineData(Kernel.CLD_EXITED, 3, 3, 0, 3)]
    [InlineData(Kernel.CLD_EXITED + 1, 15, 0, 15, 143)]
    public void An_end_is_told_as_it_was(int how, int status, int code, int signal, int shell)
    {
        using Fd file = Open(Kernel.O_RDWR);
        ShimStatus written = new() { ShimPid = 7, LostError = 8, OutOfMemory = 1, Started = 9, Finished = 10 };
        written.NoteExit(new Kernel.ExitInfo(1, how, status));
        written.Write(file.Number);

        ShimStatus.Read(file.Number, out ShimStatus read).Should().BeTrue();

        read.Should().Be(written);
        read.Exit.Should().Be(ExitKnowledge.Known);
        (read.ExitCode, read.ExitSignal, read.ShellStatus).Should().Be((code, signal, shell));
    }

    [Fact]
    public void An_end_that_nobody_saw_is_unknown()
    {
        ShimStatus status = default;

        status.NoteExit(null);

        status.Exit.Should().Be(ExitKnowledge.Unknown);
    }

    [Fact]
    public void A_file_that_was_cut_is_no_status()
    {
        using Fd file = Open(Kernel.O_RDWR);
        default(ShimStatus).Write(file.Number);
        _ = Kernel.ftruncate(file.Number, 79);

        ShimStatus.Read(file.Number, out _).Should().BeFalse();
    }

    [Fact]
    public void What_cannot_be_written_is_an_error()
    {
        using Fd full = new(Kernel.openat(Kernel.AT_FDCWD, "/dev/full\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC));

        Action write = () => default(ShimStatus).Write(full.Number);

        write.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENOSPC);
    }

    private Fd Open(int flags)
    {
        return new Fd(Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(_path), flags | Kernel.O_CLOEXEC));
    }
}

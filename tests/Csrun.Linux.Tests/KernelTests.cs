using System;
using System.IO;
using System.Text;
using System.Threading;
using Tmds.Linux;

namespace Csrun.Linux.Tests;

/// <summary>The conventions of Csrun.Linux: negative errno, names that end with NUL, descriptors that close.</summary>
public sealed class KernelTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("csrun-linux-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_failure_is_the_negated_error_number()
    {
        Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(_directory + "/none"), Kernel.O_RDONLY)
            .Should().Be(-(int)Errno.ENOENT);
    }

    [Fact]
    public void A_path_without_its_NUL_never_reaches_the_kernel()
    {
        Action open = () => Kernel.openat(Kernel.AT_FDCWD, "/"u8[..1], Kernel.O_RDONLY);

        open.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_link_out_of_the_root_stays_in_the_root()
    {
        Directory.CreateDirectory(_directory + "/root/etc");
        File.WriteAllText(_directory + "/root/etc/hostname", "inside");
        File.CreateSymbolicLink(_directory + "/root/link", "/etc/hostname");
        using Fd root = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(_directory + "/root"), Kernel.O_PATH), "open"));

        using Fd file = new(KernelException.Check(
            Kernel.openat2(root.Number, "link\0"u8, Kernel.O_RDONLY, Kernel.RESOLVE_IN_ROOT), "openat2"));
        Span<byte> buffer = stackalloc byte[64];
        int length = Kernel.read(file.Number, buffer);

        Encoding.UTF8.GetString(buffer[..length]).Should().Be("inside");
    }

    [Fact]
    public void A_pipe_can_be_read_once_it_holds_something_or_has_no_writer()
    {
        KernelException.Check(Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe2");
        using Fd reader = new(readEnd);
        using (Fd writer = new(writeEnd))
        {
            Kernel.CanRead(reader.Number).Should().BeFalse();

            Kernel.write(writer.Number, "1"u8).Should().Be(1);
            Kernel.CanRead(reader.Number).Should().BeTrue();
            Kernel.read(reader.Number, new byte[1]).Should().Be(1);
        }

        // Another thread's child may have the writing end for a moment, up to its execve.
        SpinWait.SpinUntil(() => Kernel.CanRead(readEnd), 10_000).Should().BeTrue();
    }

    [Fact]
    public void A_descriptor_is_closed_once_and_the_default_is_none()
    {
        KernelException.Check(Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe2");
        using Fd reader = new(readEnd);
        new Fd(writeEnd).Dispose();

        // Seen from the other end: another thread may have got the number meanwhile.
        Span<pollfd> end = [new pollfd { fd = reader.Number }];
        Kernel.poll(end, 10_000).Should().Be(1);
        end[0].revents.Should().Be(Kernel.POLLHUP);
        default(Fd).IsOpen.Should().BeFalse();
        default(Fd).Number.Should().Be(-1);
    }

    [Fact]
    public void An_exception_tells_operation_object_place_and_cause()
    {
        Action fail = () => KernelException.Check(-(int)Errno.EACCES, "open", "/srv\0"u8, "mounts[3].source");

        fail.Should().Throw<KernelException>().Which.Should().Match<KernelException>(error =>
            error.Operation == "open" && error.Subject == "/srv" && error.Place == "mounts[3].source"
            && error.Errno == Errno.EACCES);
    }

    [Theory]
    [InlineData(Errno.ENOENT, "no such file or directory")]
    [InlineData(Errno.EPERM, "operation not permitted")]
    [InlineData(Errno.EACCES, "permission denied")]
    [InlineData(Errno.ESRCH, "no such process")]
    [InlineData(Errno.ENOTDIR, "not a directory")]
    public void Errors_have_the_words_that_engines_match(Errno errno, string words)
    {
        errno.Message().Should().Be(words);
    }

    [Theory]
    [InlineData("9", 9)]
    [InlineData("64", 64)]
    [InlineData("RTMIN+1", 35)]
    [InlineData("SIGRTMAX-1", 63)]
    public void Signals_by_number_and_real_time_ones(string word, int signal)
    {
        SignalNames.TryParse(word, out int parsed).Should().BeTrue();
        parsed.Should().Be(signal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("SIGNOPE")]
    [InlineData("65")]
    [InlineData("-1")]
    public void Words_that_are_no_signal(string word)
    {
        SignalNames.TryParse(word, out _).Should().BeFalse();
    }
}

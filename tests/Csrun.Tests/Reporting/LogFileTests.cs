using System;
using System.IO;
using System.Runtime.Versioning;
using Csrun.Linux;
using Csrun.Reporting;

namespace Csrun.Tests.Reporting;

[SupportedOSPlatform("linux")]
public sealed class LogFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("csrun-log-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Is_appended_to()
    {
        string path = Path.Combine(_directory.FullName, "log.json");
        File.WriteAllText(path, "before\n");

        LogFile.Open(path).Write("after\n"u8);

        File.ReadAllText(path).Should().Be("before\nafter\n");
    }

    [Fact]
    public void Is_made_for_its_owner_to_write_and_others_to_read()
    {
        string path = Path.Combine(_directory.FullName, "new");

        LogFile.Open(path).Write("x"u8);

        // 0644, less what the umask of whoever runs the tests takes away.
        UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        UnixFileMode most = own | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        UnixFileMode mode = File.GetUnixFileMode(path);
        (mode & own).Should().Be(own);
        (mode & ~most).Should().Be(UnixFileMode.None);
    }

    [Fact]
    public void Names_the_flag_when_it_cannot_be_opened()
    {
        Action open = () => LogFile.Open(Path.Combine(_directory.FullName, "no", "log"));

        KernelException exception = open.Should().Throw<KernelException>().Which;
        exception.Place.Should().Be("--log");
        exception.Errno.Should().Be(Errno.ENOENT);
    }
}

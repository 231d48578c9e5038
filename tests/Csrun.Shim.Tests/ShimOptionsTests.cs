using Csrun.Linux;

namespace Csrun.Shim.Tests;

/// <summary>What a shim keeps for the next.</summary>
public sealed class ShimOptionsTests
{
    [Fact]
    public void Come_back_as_they_were()
    {
        ShimOptions options = new()
        {
            LogPath = "/var/log/a log with spaces",
            Format = LogFormat.Cri,
            MaxSize = 12345678901,
            MaxFiles = 7,
            BlocksWhenFull = true,
            Stdin = StdinMode.Once,
            HasTerminal = true,
        };

        ShimOptions.FromText(options.ToText()).Should().Be(options);
        ShimOptions.FromText(new ShimOptions().ToText()).Should().Be(new ShimOptions());
    }

    [Fact]
    public void Of_a_later_version_are_read_as_far_as_they_are_known()
    {
        ShimOptions.FromText("colour blue\nfiles 3\n\n"u8).MaxFiles.Should().Be(3);
    }

    [Fact]
    public void With_a_number_that_is_none_are_an_error()
    {
        System.Action read = () => ShimOptions.FromText("files many\n"u8);

        read.Should().Throw<KernelException>();
    }
}

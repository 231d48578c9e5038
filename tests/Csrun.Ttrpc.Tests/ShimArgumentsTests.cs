using System.Linq;
using System.Text;
using Csrun.Shim.Task;

namespace Csrun.Ttrpc.Tests;

public sealed class ShimArgumentsTests
{
    [Fact]
    public void Containerd_s_start_is_understood()
    {
        ShimArguments arguments = Parse(
            "-namespace moby -address /c.sock -publish-binary /usr/bin/containerd -id x -debug start");
        (arguments.Action, arguments.Namespace, arguments.Address, arguments.Id, arguments.Debug)
            .Should().Be((ShimAction.Start, "moby", "/c.sock", "x", true));
    }

    [Fact]
    public void Two_dashes_and_an_equals_sign_are_as_good()
    {
        ShimArguments arguments = Parse("--namespace=a --id=b --bundle=/c --future=d delete");
        (arguments.Action, arguments.Namespace, arguments.Id, arguments.UnknownWord)
            .Should().Be((ShimAction.Delete, "a", "b", null));
    }

    [Fact]
    public void A_value_that_is_of_no_use_is_no_action()
    {
        ShimArguments arguments = Parse("-bundle start -publish-binary delete -debug-socket start -id b delete");
        (arguments.Action, arguments.Id, arguments.UnknownWord).Should().Be((ShimAction.Delete, "b", null));
    }

    [Theory]
    [InlineData("", ShimAction.Serve)]
    [InlineData("-v", ShimAction.Version)]
    [InlineData("-version", ShimAction.Version)]
    [InlineData("-info", ShimAction.Info)]
    [InlineData("-id start -namespace delete", ShimAction.Serve)]
    public void The_action_is_the_first_word_that_is_no_flag(string line, object action)
    {
        Parse(line).Action.Should().Be((ShimAction)action);
    }

    [Fact]
    public void An_unknown_word_is_told()
    {
        Parse("-namespace a stop").UnknownWord.Should().Be("stop");
    }

    private static ShimArguments Parse(string line)
    {
        return ShimArguments.Parse(
            [.. line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)]);
    }
}

using System;
using Csrun.Runtime;

namespace Csrun.Checkpoint.Tests;

/// <summary>--page-server ADDRESS:PORT.</summary>
public sealed class PageServerTests
{
    [Theory]
    [InlineData("127.0.0.1:27277", "127.0.0.1", 27277)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("localhost:1", "localhost", 1)]
    public void Is_an_address_and_a_port(string text, string address, int port)
    {
        PageServer.Parse(text).Should().Be(new PageServer(address, port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("27277")]
    [InlineData(":27277")]
    [InlineData("localhost:")]
    [InlineData("::1:27277")]
    [InlineData("[]:27277")]
    [InlineData("[[::1]]:27277")]
    public void Is_nothing_else(string text)
    {
        Action parse = () => PageServer.Parse(text);

        parse.Should().Throw<RuntimeException>()
            .WithMessage("Use --page-server ADDRESS:PORT to specify page server");
    }

    [Theory]
    [InlineData("localhost:http")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("localhost: 1")]
    [InlineData("localhost:99999999999999999999")]
    public void Has_a_port_that_there_is(string text)
    {
        Action parse = () => PageServer.Parse(text);

        parse.Should().Throw<RuntimeException>().WithMessage("--page-server: Invalid port number");
    }
}

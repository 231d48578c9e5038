using System.Text;
using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class DialectTests
{
    [Theory]
    [InlineData("runc", "Runc")]
    [InlineData("/usr/sbin/runc", "Runc")]
    [InlineData("./crun", "Crun")]
    [InlineData("csrun", "Csrun")]
    [InlineData("/opt/runc/csrun", "Csrun")]
    [InlineData("runc-2", "Csrun")]
    [InlineData("crun/", "Csrun")]
    [InlineData("", "Csrun")]
    public void Is_that_of_the_programs_base_name(string program, string expected)
    {
        DialectNames.Of(Encoding.UTF8.GetBytes(program)).ToString().Should().Be(expected);
    }

    [Fact]
    public void Is_csrun_where_there_is_no_argument_at_all()
    {
        Invocation invocation = CommandLineParser.Parse([]);

        invocation.Dialect.Should().Be(Dialect.Csrun);
        invocation.Request.Should().Be(Request.Help);
    }
}

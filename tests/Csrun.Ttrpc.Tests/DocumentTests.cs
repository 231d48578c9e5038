using System.Text;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Task;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Ttrpc.Tests;

/// <summary>The forms in which options and processes come.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void Options_come_as_a_table_of_toml()
    {
        Csrun.Shim.Messages.RuntimeOptions.Options outer = new()
        {
            TypeUrl = "containerd.runc.v1.Options",
            ConfigBody = ByteString.CopyFromUtf8(
                "# a table\nSystemdCgroup = true\nRoot = \"/a b\" # here\nIoUid = 1000\nFuture = [1]\n"),
        };
        Options options = RuncOptions.Read(
            new Any { TypeUrl = "runtimeoptions.v1.Options", Value = outer.ToByteString() });
        (options.SystemdCgroup, options.Root, options.IoUid).Should().Be((true, "/a b", 1000u));
    }

    [Theory]
    [InlineData("containerd.runc.v1.Options")]
    [InlineData("type.googleapis.com/containerd.runc.v1.Options")]
    public void Options_come_as_the_message_itself(string type)
    {
        Any any = new() { TypeUrl = type, Value = new Options { NoPivotRoot = true }.ToByteString() };
        RuncOptions.Read(any).NoPivotRoot.Should().BeTrue();
    }

    [Fact]
    public void Options_of_another_type_are_defaults()
    {
        RuncOptions.Read(
            new Any { TypeUrl = "containerd.linux.runc.CreateOptions", Value = ByteString.CopyFromUtf8("\xff") })
            .Should().Be(new Options());
    }

    [Fact]
    public void Broken_options_are_refused()
    {
        System.Action read = () => RuncOptions.Read(
            new Any { TypeUrl = "containerd.runc.v1.Options", Value = ByteString.CopyFrom(0x3a, 0x7f) });
        read.Should().Throw<TtrpcException>().Which.Code.Should().Be(StatusCode.InvalidArgument);
    }

    [Fact]
    public void The_root_is_found_again_in_the_bundle_s_file()
    {
        byte[] json = RuncOptions.ToJson(new Options { Root = "/x \"y\"", SystemdCgroup = true, IoGid = 7 });
        Encoding.UTF8.GetString(json).Should().Be("""{"io_gid":7,"root":"/x \u0022y\u0022","systemd_cgroup":true}""");
        RuncOptions.RootOf(json).Should().Be("/x \"y\"");
        RuncOptions.RootOf(json[..^5]).Should().Be("/x \"y\"");
        RuncOptions.RootOf(null).Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"args":["a"]}""", true, """{"terminal":true,"args":["a"]}""")]
    [InlineData(
        """{ "terminal": true, "cwd": "/", "x": {"terminal": 1} }""", false,
        """{"terminal":false,"cwd": "/","x": {"terminal": 1}}""")]
    [InlineData("{}", false, """{"terminal":false}""")]
    public void The_call_decides_about_the_terminal(string json, bool terminal, string expected)
    {
        Encoding.UTF8.GetString(ProcessSpec.WithTerminal(Encoding.UTF8.GetBytes(json), terminal)).Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":")]
    public void A_process_that_is_no_object_is_refused(string json)
    {
        System.Action read = () => ProcessSpec.WithTerminal(Encoding.UTF8.GetBytes(json), false);
        read.Should().Throw<TtrpcException>().Which.Code.Should().Be(StatusCode.InvalidArgument);
    }
}

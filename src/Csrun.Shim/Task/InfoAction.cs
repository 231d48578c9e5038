using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary><c>-info</c>: what containerd 2.0 and later ask a runtime about itself.</summary>
internal static class InfoAction
{
    private const string FeaturesType = "types.containerd.io/opencontainers/runtime-spec/1/features/Features";
    private const int MaxInput = 16 << 20;

    public static int Run(ShimHost host)
    {
        byte[] input = FileContent.Read(0, MaxInput, out int length)?[..length] ?? [];
        RuntimeInfo info = new()
        {
            Name = "io.containerd.csrun.v2",
            Version = new RuntimeVersion { Version = host.Version },
            Features = new Any { TypeUrl = FeaturesType, Value = ByteString.CopyFrom(host.Features()) },
        };
        try
        {
            info.Options = length == 0 ? null : Message.Read<Any>(input);
        }
        catch (InvalidProtocolBufferException)
        {
            // Options that cannot be read are not echoed.
        }

        KernelException.Check(Kernel.WriteAll(1, info.ToByteArray()), "write", "standard output"u8);
        return 0;
    }
}

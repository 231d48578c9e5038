using System;
using System.Text;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>
/// The executable under a name that begins with <see cref="NamePrefix"/>: containerd's shim of version 2, with csrun
/// itself as its OCI runtime.
/// </summary>
public static class ContainerdShim
{
    private const int StandardError = 2;

    /// <summary>How containerd forms the name of a shim's executable.</summary>
    public static ReadOnlySpan<byte> NamePrefix => "containerd-shim-"u8;

    /// <summary>Does what the command line asks.</summary>
    /// <returns>The exit status.</returns>
    public static int Run(ShimHost host)
    {
        ShimArguments arguments = ShimArguments.Parse(host.Arguments.AsSpan(1));
        try
        {
            if (arguments.UnknownWord is string word)
            {
                throw new TtrpcException(StatusCode.InvalidArgument, "unknown action " + word);
            }

            if (arguments.Action is ShimAction.Version or ShimAction.Info)
            {
                return arguments.Action == ShimAction.Version ? PrintVersion(host) : InfoAction.Run(host);
            }

            if (arguments.Namespace.Length == 0)
            {
                throw new TtrpcException(StatusCode.InvalidArgument, "shim namespace cannot be empty");
            }

            return arguments.Action switch
            {
                ShimAction.Start => StartAction.Run(host, arguments),
                ShimAction.Delete => DeleteAction.Run(host, arguments),
                _ => ShimServer.Run(host, arguments),
            };
        }
        catch (Exception error) when (error is TtrpcException or RuntimeException or KernelException)
        {
            string text = Utf8.ToText(host.Arguments[0]) + ": " + ErrorText.Of(error) + "\n";
            _ = Kernel.WriteAll(StandardError, Encoding.UTF8.GetBytes(text));
            return 1;
        }
    }

    private static int PrintVersion(ShimHost host)
    {
        string text = Utf8.ToText(host.Arguments[0]) + ":\n  Version:  " + host.Version + "\n  Runtime:  csrun\n";
        _ = Kernel.WriteAll(1, Encoding.UTF8.GetBytes(text));
        return 0;
    }
}

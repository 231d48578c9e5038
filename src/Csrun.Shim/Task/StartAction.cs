using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Bootstrap;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>
/// <c>start</c>: prints the address of the server for a container, started here unless its group has one. Nothing else
/// may be printed, and nobody may keep the two ends it is printed to.
/// </summary>
internal static class StartAction
{
    private const int ProtocolVersion = 3;
    private const int MaxInput = 16 << 20;

    public static int Run(ShimHost host, ShimArguments arguments)
    {
        byte[] input = FileContent.Read(0, MaxInput, out int length)?[..length] ?? [];
        BootstrapParams? bootstrap = ReadBootstrap(input);
        Options options = RuncOptions.Read(bootstrap is null ? ReadAny(input) : OptionsOf(bootstrap));
        string bundle = WorkingDirectory();
        string group = BundleConfig.Group(bundle) ?? arguments.Id;
        string directory = bootstrap is { SocketDir.Length: > 0 } ? bootstrap.SocketDir : ShimSocket.DefaultDirectory;
        string address = ShimSocket.Address(directory, arguments.Address, arguments.Namespace, group);
        using Fd socket = ShimSocket.Listen(directory, address);
        if (socket.IsOpen)
        {
            StartServer(host, arguments, options, socket, address, bundle);
        }
        else
        {
            Files.Replace(bundle + "/address", Encoding.UTF8.GetBytes(address));
        }

        byte[] answer = bootstrap is null
            ? Encoding.UTF8.GetBytes(address)
            : new BootstrapResult { Version = ProtocolVersion, Address = address, Protocol = "ttrpc" }.ToByteArray();
        KernelException.Check(Kernel.WriteAll(1, answer), "write", "standard output"u8);
        return 0;
    }

    private static void StartServer(
        ShimHost host, ShimArguments arguments, Options options, Fd socket, string address, string bundle)
    {
        int pid = -1;
        try
        {
            Files.Replace(bundle + "/address", Encoding.UTF8.GetBytes(address));
            pid = SpawnServer(host, arguments, socket, address);
            if (options.ShimCgroup.Length > 0)
            {
                ShimCgroup.Move(pid, options.ShimCgroup);
            }

            RaiseOomScore(pid);
        }
        catch
        {
            if (pid > 0)
            {
                _ = Kernel.kill(pid, Kernel.SIGKILL);
            }

            Files.Remove(ShimSocket.PathOf(address)!);
            throw;
        }
    }

    private static int SpawnServer(ShimHost host, ShimArguments arguments, Fd socket, string address)
    {
        if (host.EnvironmentValue("SCHED_CORE="u8) is { Length: > 0 })
        {
            ShareCore();
        }

        List<string> words = [Utf8.ToText(host.Arguments[0]), "-namespace", arguments.Namespace, "-id", arguments.Id];
        if (arguments.Debug)
        {
            words.Add("-debug");
        }

        // The last word must be none of the actions': ProcessEntry seals a server by that.
        words.AddRange(["-address", arguments.Address, "-socket", ShimSocket.PathOf(address)!]);
        using Fd nothing = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC), "open", "/dev/null"u8));
        return KernelException.Check(
            Spawn.Start(
                Spawn.OwnFile,
                words,
                host.Environment(),
                [nothing.Number, nothing.Number, nothing.Number, socket.Number]),
            "execve",
            "the shim's server"u8);
    }

    /// <summary>
    /// The group gets a core scheduling cookie, which its children inherit (prctl(2), PR_SCHED_CORE).
    /// </summary>
    private static void ShareCore()
    {
        const int PrSchedCore = 62;
        const int PrSchedCoreCreate = 1;
        const int ProcessGroup = 2;
        KernelException.Check(Kernel.prctl(PrSchedCore, PrSchedCoreCreate, 0, ProcessGroup), "prctl PR_SCHED_CORE");
    }

    /// <summary>The kernel takes the shim before containerd, and before the shim what it serves.</summary>
    private static void RaiseOomScore(int pid)
    {
        string own = "/proc/" + Kernel.getppid() + "/oom_score_adj";
        int score = Math.Min(1000, Files.ReadNumber(own) + 1);
        byte[] path = Utf8.Terminated("/proc/" + pid + "/oom_score_adj");
        using Fd file = new(Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CLOEXEC));
        int written = file.IsOpen
            ? Kernel.write(file.Number, Encoding.UTF8.GetBytes(score + "\n"))
            : -(int)Errno.ENOENT;
        if (written is < 0 and not (-(int)Errno.EACCES) and not (-(int)Errno.EPERM))
        {
            throw new KernelException("write", Utf8.ToText(path), (Errno)(-written));
        }
    }

    /// <summary>
    /// containerd 2.3 sends its parameters, older ones the options or nothing. One parses as the other, so what only
    /// the parameters have decides.
    /// </summary>
    private static BootstrapParams? ReadBootstrap(byte[] input)
    {
        try
        {
            BootstrapParams parameters = Message.Read<BootstrapParams>(input);
            bool isIt = parameters.ContainerdVersion.Length > 0 || parameters.ContainerdGrpcAddress.Length > 0
                || parameters.ContainerdBinary.Length > 0;
            return isIt ? parameters : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static Any? ReadAny(byte[] input)
    {
        try
        {
            return input.Length == 0 ? null : Message.Read<Any>(input);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new TtrpcException(StatusCode.InvalidArgument, "the options on standard input: " + error.Message);
        }
    }

    private static Any? OptionsOf(BootstrapParams parameters)
    {
        foreach (Messages.Bootstrap.Extension extension in parameters.Extensions)
        {
            if (extension.Value is { } any && any.TypeUrl.EndsWith(".Options", StringComparison.Ordinal))
            {
                return any;
            }
        }

        return null;
    }

    internal static string WorkingDirectory()
    {
        Span<byte> buffer = new byte[4097];
        int length = KernelException.Check(Kernel.getcwd(buffer), "getcwd");
        return Utf8.ToText(buffer[..length]);
    }
}

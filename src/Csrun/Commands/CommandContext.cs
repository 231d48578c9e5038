using System;
using Csrun.Cgroups.Systemd;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;
using Csrun.Startup;

namespace Csrun.Commands;

/// <summary>What several commands take from the command line and the environment.</summary>
internal static class CommandContext
{
    /// <summary>The state root: --root, or the default.</summary>
    public static StateRoot Root(Invocation invocation)
    {
        return new StateRoot(
            invocation.GetString(Flag.Root) ?? StateRoot.DefaultPath(EnvironmentValue("XDG_RUNTIME_DIR="u8)));
    }

    /// <summary>A directory of the caller's as an absolute path, without dots and doubled slashes.</summary>
    public static string Absolute(string path)
    {
        string whole = path.StartsWith('/') ? path : WorkingDirectory() + "/" + path;
        Span<Range> parts = new Range[whole.Length + 1];
        int count = whole.AsSpan().Split(parts, '/');
        string[] kept = new string[count];
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            string part = whole[parts[i]];
            if (part == "..")
            {
                length = Math.Max(length - 1, 0);
            }
            else if (part is not ("" or "."))
            {
                kept[length++] = part;
            }
        }

        return "/" + string.Join('/', kept, 0, length);
    }

    /// <summary>What create and run share.</summary>
    public static CreateRequest CreateRequest(Invocation invocation, Reporter reporter, string id, string bundle)
    {
        StateRoot root = Root(invocation);
        string? notifySocket = NotifySocket();
        return new CreateRequest
        {
            Id = id,
            Bundle = Absolute(bundle),
            Config = invocation.GetString(Flag.Config) is string config ? Absolute(config) : null,
            NoPivot = invocation.IsSet(Flag.NoPivot),
            Root = notifySocket is null ? root : new StateRoot(Absolute(root.Path)), // its socket is mounted by path
            PidFile = invocation.GetString(Flag.PidFile),
            PreservedDescriptors = CallersDescriptors.Check(invocation),
            ListenDescriptors = CallersDescriptors.ListenDescriptors(),
            Systemd = Systemd(invocation),
            NoCgroups = invocation.GetString(Flag.CgroupManager) == "disabled",
            NeedsOwnCgroups = invocation.GetString(Flag.Rootless) == "false",
            NoNewKeyring = invocation.IsSet(Flag.NoNewKeyring),
            ConsoleSocket = invocation.GetString(Flag.ConsoleSocket),
            PidfdSocket = invocation.GetString(Flag.PidfdSocket),
            NotifySocket = notifySocket,
            Hooks = Hooks(reporter),
            Warn = message => reporter.Warning(message, DateTime.UtcNow),
            Now = DateTime.UtcNow,
        };
    }

    /// <summary>
    /// The systemd that makes the cgroups, where the command line wants one: the system's for root, else the user's
    /// own. The root of a user namespace, as rootless podman is, is a user where his session is known.
    /// </summary>
    private static SystemdManager? Systemd(Invocation invocation)
    {
        if (!invocation.IsSet(Flag.SystemdCgroup) && invocation.GetString(Flag.CgroupManager) != "systemd")
        {
            return null;
        }

        bool isUser = Kernel.geteuid() != 0
            || (EnvironmentValue("XDG_RUNTIME_DIR="u8) is not null && !UserNamespace.IsHosts());
        string? named = EnvironmentValue(isUser ? "DBUS_SESSION_BUS_ADDRESS="u8 : "DBUS_SYSTEM_BUS_ADDRESS="u8);
        string usual = isUser ? EnvironmentValue("XDG_RUNTIME_DIR="u8) + "/bus" : "/run/dbus/system_bus_socket";
        return new SystemdManager((named is null ? null : SystemdManager.SocketOf(named)) ?? usual, isUser);
    }

    /// <summary>Where a manager waits for the program to be ready (sd_notify(3)); null where none does.</summary>
    /// <exception cref="RuntimeException">It is no unix socket.</exception>
    public static string? NotifySocket()
    {
        string? socket = EnvironmentValue("NOTIFY_SOCKET="u8);
        return string.IsNullOrEmpty(socket) ? null
            : socket[0] is '/' or '@' ? socket
            : throw new RuntimeException("NOTIFY_SOCKET: neither a path nor an abstract name: " + socket);
    }

    /// <summary>What hooks take from this command.</summary>
    public static HookContext Hooks(Reporter reporter)
    {
        return new HookContext(ProcessEntry.Environment, message => reporter.Warning(message, DateTime.UtcNow));
    }

    /// <summary>Writes a command's result to standard output.</summary>
    public static int Print(ReadOnlySpan<byte> bytes)
    {
        KernelException.Check(Kernel.WriteAll(1, bytes), "write", "standard output"u8);
        return 0;
    }

    /// <summary>The value of an environment entry given with its equals sign; null where there is none.</summary>
    public static string? EnvironmentValue(ReadOnlySpan<byte> nameWithEquals)
    {
        foreach (byte[] entry in ProcessEntry.Environment())
        {
            if (entry.AsSpan().StartsWith(nameWithEquals))
            {
                return Utf8.ToText(entry.AsSpan(nameWithEquals.Length));
            }
        }

        return null;
    }

    private static string WorkingDirectory()
    {
        Span<byte> buffer = new byte[4097];
        int length = KernelException.Check(Kernel.getcwd(buffer), "getcwd");
        return Utf8.ToText(buffer[..length]);
    }
}

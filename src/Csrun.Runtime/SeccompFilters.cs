using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Seccomp;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// linux.seccomp on its way from config.json to the child: compiled before anything is made, asked of the kernel, with
/// the connection to the agent of NOTIFY. The same for create and exec.
/// </summary>
internal static class SeccompFilters
{
    private const string Plugins = "run.oci.seccomp.plugins";
    private const string FailsOnUnknown = "run.oci.seccomp_fail_unknown_syscall";
    private const string Receiver = "run.oci.seccomp.receiver";
    private const string RawProgram = "run.oci.seccomp_bpf_data";
    private const uint ActionMask = 0xFFFF_0000;
    private const ushort Return = 0x06; // BPF_RET|BPF_K

    private static SeccompArch Native => RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        ? SeccompArch.SCMP_ARCH_AARCH64
        : SeccompArch.SCMP_ARCH_X86_64;

    /// <summary>Whether a config.json may have annotations that <see cref="Compile"/> heeds.</summary>
    public static bool MayBeAnnotated(ReadOnlySpan<byte> json)
    {
        return json.IndexOf("run.oci.seccomp"u8) >= 0;
    }

    /// <summary>Compiles; null where nothing is to be filtered.</summary>
    /// <param name="profile">linux.seccomp; null without one.</param>
    /// <param name="annotations">crun's annotations on seccomp are heeded or refused.</param>
    /// <param name="agent">Takes the agent's socket where the program notifies; empty where it does not.</param>
    /// <param name="environment">The caller's, which may name it.</param>
    /// <param name="warn">Takes the names of calls that nobody knows; null says nothing.</param>
    /// <exception cref="RuntimeException">The profile cannot be compiled, the kernel lacks an action, or nothing names
    /// the agent.</exception>
    public static SeccompProgram? Compile(
        LinuxSeccomp? profile,
        IReadOnlyDictionary<string, string> annotations,
        Func<IReadOnlyList<byte[]>> environment,
        Action<string>? warn,
        out SeccompAgent agent)
    {
        SeccompProgram? program = CompileOrDecode(profile, annotations, warn);
        agent = program is { Notifies: true } ? FindAgent(profile, annotations, environment()) : default;
        return program;
    }

    /// <summary>listenerPath, else crun's annotation, else crun's variable of the environment.</summary>
    private static SeccompAgent FindAgent(
        LinuxSeccomp? profile, IReadOnlyDictionary<string, string> annotations, IReadOnlyList<byte[]> environment)
    {
        if (profile?.ListenerPath is { Length: > 0 } path)
        {
            return new SeccompAgent(path, "linux.seccomp.listenerPath");
        }

        SeccompAgent agent = annotations.TryGetValue(Receiver, out string? annotated)
            ? new SeccompAgent(annotated, "annotations[" + Receiver + "]")
            : default;
        foreach (byte[] entry in environment)
        {
            if (agent.Path is null && entry.AsSpan().StartsWith("RUN_OCI_SECCOMP_RECEIVER="u8))
            {
                agent = new SeccompAgent(
                    Utf8.ToText(entry.AsSpan("RUN_OCI_SECCOMP_RECEIVER=".Length)), "RUN_OCI_SECCOMP_RECEIVER");
            }
        }

        return agent.Path is null ? throw Refusal("linux.seccomp", "SCMP_ACT_NOTIFY needs listenerPath")
            : agent.Path.StartsWith('/') ? agent
            : throw Refusal(agent.Place, "expected an absolute path, found \"" + agent.Path + "\"");
    }

    private static SeccompProgram? CompileOrDecode(
        LinuxSeccomp? profile, IReadOnlyDictionary<string, string> annotations, Action<string>? warn)
    {
        if (annotations.ContainsKey(Plugins))
        {
            throw Refusal(
                "annotations[" + Plugins + "]", "csrun is a static binary and loads no plugins: remove the annotation");
        }

        if (annotations.TryGetValue(RawProgram, out string? text))
        {
            return Checked(Decode(text, profile));
        }

        if (profile is null)
        {
            return null;
        }

        SeccompProgram program;
        try
        {
            program = SeccompCompiler.Compile(profile, Native);
        }
        catch (SeccompException error)
        {
            throw new RuntimeException([error.Fault]);
        }

        if (program.UnknownNames.Count > 0)
        {
            string names = string.Join(", ", program.UnknownNames);
            if (annotations.TryGetValue(FailsOnUnknown, out string? fails) && fails is not ("" or "0"))
            {
                throw Refusal("linux.seccomp.syscalls", "no architecture has the system calls " + names);
            }

            warn?.Invoke("linux.seccomp.syscalls: no architecture has these, which are skipped: " + names);
        }

        return Checked(program);
    }

    /// <summary>What the child loads, connected to the agent where the program notifies.</summary>
    /// <param name="program">The program.</param>
    /// <param name="metadata">linux.seccomp.listenerMetadata; null without.</param>
    /// <param name="agent">The agent, where the program notifies.</param>
    /// <param name="state">Makes the container's state, for the agent.</param>
    /// <param name="status">What the container is doing, for the agent.</param>
    /// <param name="containerPid">The container's first process; 0 when it is the one to be cloned.</param>
    public static SeccompFilter Make(
        SeccompProgram program,
        string? metadata,
        SeccompAgent agent,
        Func<HookState> state,
        ContainerStatus status,
        int containerPid)
    {
        if (!program.Notifies)
        {
            return new SeccompFilter(program.Instructions, program.Flags, null);
        }

        Fd socket = UnixSocket.Connect(agent.Path!, agent.Place);
        SeccompListener listener = new(socket.Number, Beginning(metadata), state(), status, containerPid);
        return new SeccompFilter(program.Instructions, program.Flags, listener);
    }

    /// <summary>Lets the clone tell the listener's child its own pid, as this process sees it.</summary>
    public static void TellPid(SeccompFilter? filter, ref Kernel.clone_args arguments)
    {
        if (filter?.Listener is SeccompListener listener)
        {
            arguments.flags |= Kernel.CLONE_PARENT_SETTID;
            arguments.parent_tid = listener.PidAddress;
        }
    }

    /// <summary>The connection to the agent is the child's.</summary>
    public static void CloseSocket(SeccompFilter? filter)
    {
        if (filter?.Listener is SeccompListener listener)
        {
            Kernel.close(listener.Socket);
        }
    }

    /// <summary>The container process state up to the pid, which only the clone gives.</summary>
    private static byte[] Beginning(string? metadata)
    {
        const int Room = 256;
        JsonBytes json = new(Room);
        json.BeginObject();
        json.Name("ociVersion"u8);
        json.Value(State.Version);
        json.Name("fds"u8);
        json.BeginArray();
        json.Value("seccompFd");
        json.EndArray();
        if (!string.IsNullOrEmpty(metadata))
        {
            json.Name("metadata"u8);
            json.Value(metadata);
        }

        json.Name("pid"u8);
        return json.Written.ToArray();
    }

    /// <summary>crun's annotation: the program itself, in base64.</summary>
    private static SeccompProgram Decode(string text, LinuxSeccomp? profile)
    {
        byte[] bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || length == 0 || length % sizeof(ulong) != 0)
        {
            throw Refusal("annotations[" + RawProgram + "]", "expected struct sock_filter, 8 bytes each, in base64");
        }

        const int MaximumLength = 4096;
        ulong[] program = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, length)).ToArray();
        if (program.Length > MaximumLength)
        {
            throw Refusal(
                "annotations[" + RawProgram + "]", "more than 4096 instructions, the most that the kernel takes");
        }

        return new SeccompProgram
        {
            Instructions = program,
            Flags = profile is null ? null : SeccompCompiler.ReadFlags(profile.Flags),
            Notifies = Returns(program, (uint)SeccompAction.SCMP_ACT_NOTIFY),
            UnknownNames = [],
        };
    }

    /// <summary>The actions that came late are asked of the kernel: one that it does not know would kill.</summary>
    private static SeccompProgram Checked(SeccompProgram program)
    {
        foreach (SeccompAction action in (ReadOnlySpan<SeccompAction>)
            [SeccompAction.SCMP_ACT_KILL_PROCESS, SeccompAction.SCMP_ACT_LOG, SeccompAction.SCMP_ACT_NOTIFY])
        {
            if (Returns(program.Instructions.Span, (uint)action) && Kernel.seccomp_action_available((uint)action) < 0)
            {
                throw Refusal("linux.seccomp", "this kernel does not know " + SeccompActionWords.Word(action));
            }
        }

        return program;
    }

    private static bool Returns(ReadOnlySpan<ulong> program, uint action)
    {
        foreach (ulong instruction in program)
        {
            if ((ushort)instruction == Return && ((uint)(instruction >> 32) & ActionMask) == action)
            {
                return true;
            }
        }

        return false;
    }

    private static RuntimeException Refusal(string place, string message)
    {
        return new RuntimeException([new Fault(place, message)]);
    }
}

using System.Collections.Generic;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// The hooks that run in the runtime's namespaces, as children of the command: prestart and createRuntime at create,
/// poststart at start, poststop at delete. Each starts in the bundle's directory.
/// </summary>
internal sealed unsafe class RuntimeHooks
{
    private const int NoInterrupts = -1;

    private readonly Hooks _hooks;
    private readonly string _bundle;
    private readonly HookContext _context;

    private RuntimeHooks(Hooks hooks, HookState state, string bundle, HookContext context)
    {
        _hooks = hooks;
        State = state;
        _bundle = bundle;
        _context = context;
    }

    /// <summary>The state that all of the container's hooks read.</summary>
    public HookState State { get; }

    /// <summary>Whether there are hooks that create has to run itself.</summary>
    public bool RunAtCreate => _hooks.Prestart is { Length: > 0 } || _hooks.CreateRuntime is { Length: > 0 };

    /// <summary>Whether there are hooks for the end of start.</summary>
    public bool RunAtStart => _hooks.Poststart is { Length: > 0 };

    /// <summary>The hooks of a container that is being created; null where there are none.</summary>
    public static RuntimeHooks? Of(Plan plan, HookContext context)
    {
        return IsEmpty(plan.Hooks)
            ? null
            : new RuntimeHooks(plan.Hooks, MakeState(plan.Id, plan.Bundle, plan.Annotations), plan.Bundle, context);
    }

    /// <summary>The hooks of a container on record; null where there are none.</summary>
    public static RuntimeHooks? Of(ContainerRecord record, HookContext context)
    {
        return record.ReadHooks() is not Hooks hooks || IsEmpty(hooks)
            ? null
            : new RuntimeHooks(
                hooks, MakeState(record.Id, record.Bundle, record.ReadAnnotations()), record.Bundle, context);
    }

    /// <summary>The hooks for the container's first process to run.</summary>
    public ContainerHooks ForContainer()
    {
        return new ContainerHooks(_hooks, State);
    }

    /// <summary>Runs prestart, then createRuntime.</summary>
    /// <exception cref="KernelException">One of them failed; those after it did not run.</exception>
    public void RunCreate(int pid, SignalReader signals)
    {
        byte[] state = State.ToJson(ContainerStatus.Creating, pid);
        Run(HookProgram.List(_hooks.Prestart, HookKind.Prestart), state, signals.Descriptor);
        Run(HookProgram.List(_hooks.CreateRuntime, HookKind.CreateRuntime), state, signals.Descriptor);
    }

    /// <summary>Runs poststart. Signals to a command in the foreground wait: they are for the container.</summary>
    /// <exception cref="KernelException">One of them failed; those after it did not run.</exception>
    public void RunPoststart(int pid)
    {
        Run(
            HookProgram.List(_hooks.Poststart, HookKind.Poststart),
            State.ToJson(ContainerStatus.Running, pid),
            NoInterrupts);
    }

    /// <summary>Runs poststop, all of them: a failure is a warning.</summary>
    public void RunPoststop()
    {
        byte[] state = State.ToJson(ContainerStatus.Stopped, 0);
        foreach (HookProgram program in HookProgram.List(_hooks.Poststop, HookKind.Poststop))
        {
            try
            {
                Run([program], state, NoInterrupts);
            }
            catch (KernelException error)
            {
                string subject = error.Subject.Length == 0 ? string.Empty : " " + error.Subject;
                string reason = error.Errno == Errno.None ? string.Empty : ": " + error.Errno.Message();
                _context.Warn(error.Place + ": " + error.Operation + subject + reason);
            }
        }
    }

    private void Run(HookProgram[] programs, byte[] state, int interrupts)
    {
        if (programs.Length == 0)
        {
            return;
        }

        // A bundle that is gone by now stops no poststop hook: it starts where the command did.
        using Fd directory = new(Kernel.openat(
            Kernel.AT_FDCWD, Utf8.Terminated(_bundle), Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC));
        byte** environment = NativeText.Vector(_context.Environment());
        foreach (HookProgram program in programs)
        {
            HookRunner.Run(program, state, environment, directory.Number, interrupts);
        }
    }

    private static bool IsEmpty(Hooks hooks)
    {
        return hooks.Prestart is null or [] && hooks.CreateRuntime is null or [] && hooks.CreateContainer is null or []
            && hooks.StartContainer is null or [] && hooks.Poststart is null or [] && hooks.Poststop is null or [];
    }

    /// <summary>The container's state but for what changes.</summary>
    internal static HookState MakeState(string id, string bundle, IReadOnlyDictionary<string, string> annotations)
    {
        const int Room = 512;
        JsonBytes before = new(Room);
        before.BeginObject();
        before.Name("ociVersion"u8);
        before.Value(Spec.State.Version);
        before.Name("id"u8);
        before.Value(id);
        JsonBytes after = new(Room);
        after.Name("bundle"u8);
        after.Value(bundle);
        if (annotations.Count > 0)
        {
            after.Name("annotations"u8);
            after.BeginObject();
            foreach ((string key, string value) in annotations)
            {
                after.Name(key);
                after.Value(value);
            }

            after.EndObject();
        }

        after.EndObject();
        return new HookState([.. before.Written, (byte)','], after.Written.ToArray());
    }
}

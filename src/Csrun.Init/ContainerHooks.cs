using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>The hooks that run in the container's namespaces, as children of its first process.</summary>
public sealed unsafe class ContainerHooks
{
    private readonly HookProgram[] _createContainer;
    private readonly HookProgram[] _startContainer;
    private readonly HookState _state;

    /// <summary>Makes the programs; before the clone.</summary>
    public ContainerHooks(Hooks hooks, HookState state)
    {
        _createContainer = HookProgram.List(hooks.CreateContainer, HookKind.CreateContainer);
        _startContainer = HookProgram.List(hooks.StartContainer, HookKind.StartContainer);
        _state = state;
    }

    /// <summary>Whether there are createContainer hooks.</summary>
    internal bool HasCreateContainer => _createContainer.Length > 0;

    /// <summary>Whether there are startContainer hooks.</summary>
    internal bool HasStartContainer => _startContainer.Length > 0;

    /// <summary>Runs the createContainer hooks, in the root's directory.</summary>
    internal void RunCreateContainer(ContainerRoot root, ExecImage? image)
    {
        Run(_createContainer, ContainerStatus.Creating, root.Descriptor, image);
    }

    /// <summary>Runs the startContainer hooks, in the program's directory.</summary>
    internal void RunStartContainer(ExecImage image)
    {
        const int WorkingDirectory = -1;
        Run(_startContainer, ContainerStatus.Created, WorkingDirectory, image);
    }

    /// <summary>A hook without an environment of its own gets the program's, as from runc.</summary>
    private void Run(HookProgram[] programs, ContainerStatus status, int directory, ExecImage? image)
    {
        if (programs.Length == 0)
        {
            return;
        }

        const int NoInterrupts = -1;
        byte[] state = _state.ToJson(status, Kernel.getpid());
        byte** environment = image is null ? NativeText.Vector(0, 0) : image.Environment;
        foreach (HookProgram program in programs)
        {
            HookRunner.Run(program, state, environment, directory, NoInterrupts);
        }
    }
}

namespace Csrun.CommandLine;

/// <summary>Every command of every dialect.</summary>
internal enum Command : byte
{
    /// <summary>No command was named.</summary>
    None,

    /// <summary>create and start in one.</summary>
    Run,

    /// <summary>Makes a container.</summary>
    Create,

    /// <summary>Lets a created container's program begin.</summary>
    Start,

    /// <summary>Prints a container's state.</summary>
    State,

    /// <summary>Signals a container.</summary>
    Kill,

    /// <summary>Removes a container.</summary>
    Delete,

    /// <summary>Runs another program in a container.</summary>
    Exec,

    /// <summary>Lists a container's processes.</summary>
    Ps,

    /// <summary>Lists the containers.</summary>
    List,

    /// <summary>Freezes a container.</summary>
    Pause,

    /// <summary>Thaws a container.</summary>
    Resume,

    /// <summary>Changes a container's limits.</summary>
    Update,

    /// <summary>Prints statistics and out-of-memory events.</summary>
    Events,

    /// <summary>Writes a starter config.json.</summary>
    Spec,

    /// <summary>Prints what this build can do.</summary>
    Features,

    /// <summary>Saves a container's processes.</summary>
    Checkpoint,

    /// <summary>Brings saved processes back.</summary>
    Restore,

    /// <summary>crun's: adds or removes mounts of a running container.</summary>
    Mounts,

    /// <summary>csrun's: prints what a container with a shim has written.</summary>
    Logs,

    /// <summary>csrun's: connects a terminal or pipes to a container with a shim.</summary>
    Attach,

    /// <summary>csrun's: waits for the end of a container with a shim.</summary>
    Wait,

    /// <summary>csrun's: gives a container a new shim.</summary>
    Shim,

    /// <summary>csrun's: prints what create would do.</summary>
    Plan,

    /// <summary>csrun's: prints what the machine offers.</summary>
    Info,

    /// <summary>csrun's: prints a shell's completion script.</summary>
    Completion,

    /// <summary>csrun's: prints a manual page.</summary>
    Man,

    /// <summary>Prints a command's help.</summary>
    Help,
}

/// <summary>Where a command stands in a container's life; csrun's help is grouped by it.</summary>
internal enum CommandGroup : byte
{
    /// <summary>From nothing to nothing again.</summary>
    Life,

    /// <summary>What is done to a container that runs.</summary>
    Running,

    /// <summary>What only looks.</summary>
    Looking,

    /// <summary>Checkpoint and restore.</summary>
    Saving,

    /// <summary>What needs no container.</summary>
    Preparing,

    /// <summary>Help for the person at the keyboard.</summary>
    Person,
}

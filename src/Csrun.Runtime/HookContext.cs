using System;

namespace Csrun.Runtime;

/// <summary>What hooks need of the command that runs them.</summary>
/// <param name="Environment">Gives this process's environment, for hooks that have none of their own.</param>
/// <param name="Warn">Takes what is wrong and does not stop the command: a failed poststop hook.</param>
public sealed record HookContext(Func<byte[][]> Environment, Action<string> Warn);

namespace Csrun.Runtime;

/// <summary>Who gets the listener of SCMP_ACT_NOTIFY.</summary>
/// <param name="Path">Its unix socket, absolute; null where nobody does.</param>
/// <param name="Place">What names it: config.json, an annotation, the environment.</param>
internal readonly record struct SeccompAgent(string? Path, string Place);

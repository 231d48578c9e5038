using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// Reads config.json and the documents made of its parts, strictly: what the specification does not allow is a fault,
/// and all faults are told at once. Members it does not name are ignored (config.md, Extensibility).
/// </summary>
/// <remarks>
/// Faults of the text itself: a byte order mark, invalid UTF-8, broken JSON, more than 64 levels, anything after the
/// object. Faults of a value: another JSON type, a fraction or an exponent, a number too large for its type, U+0000 or
/// half a surrogate pair in a string, null in an array or a map, a member or a key given twice. Then those that
/// <see cref="ConfigValidator"/> finds. JSON null is the same as no member.
/// </remarks>
public static unsafe class ConfigReader
{
    /// <summary>Reads a config.json.</summary>
    /// <param name="utf8Json">The whole file.</param>
    /// <param name="faults">All that is wrong, in the order of the document (at most 1000); empty if nothing
    /// is.</param>
    /// <returns>The configuration, or null if there are faults.</returns>
    public static ContainerConfig? Read(ReadOnlySpan<byte> utf8Json, out IReadOnlyList<Fault> faults) =>
        DocumentReader<ContainerConfig>.Read(
            utf8Json,
            &RecordReader.ReadContainerConfig,
            &ConfigValidator.ValidateMembers,
            &ConfigValidator.ValidateWhole,
            out faults);

    /// <summary>
    /// Reads the limits that <c>update -r</c> is given; as <see cref="Read"/>, places begin at the limits.
    /// </summary>
    public static LinuxResources? ReadResources(ReadOnlySpan<byte> utf8Json, out IReadOnlyList<Fault> faults) =>
        DocumentReader<LinuxResources>.Read(
            utf8Json,
            &RecordReader.ReadLinuxResources,
            &ConfigValidator.ValidateUpdate,
            &Nothing,
            out faults);

    /// <summary>
    /// Reads the process that <c>exec -p</c> is given; as <see cref="Read"/>, places begin at the process.
    /// </summary>
    public static Process? ReadProcess(ReadOnlySpan<byte> utf8Json, out IReadOnlyList<Fault> faults) =>
        DocumentReader<Process>.Read(
            utf8Json,
            &RecordReader.ReadProcess,
            &ConfigValidator.ValidateProcess,
            &Nothing,
            out faults);

    /// <summary>Reads the hooks of a config.json that was validated whole before; places begin at the hooks.</summary>
    public static Hooks? ReadHooks(ReadOnlySpan<byte> utf8Json, out IReadOnlyList<Fault> faults) =>
        DocumentReader<Hooks>.Read(utf8Json, &RecordReader.ReadHooks, &Nothing, &Nothing, out faults);

    /// <summary>Reads linux.seccomp of a config.json that was validated whole before; places begin there.</summary>
    public static LinuxSeccomp? ReadSeccomp(ReadOnlySpan<byte> utf8Json, out IReadOnlyList<Fault> faults) =>
        DocumentReader<LinuxSeccomp>.Read(utf8Json, &RecordReader.ReadLinuxSeccomp, &Nothing, &Nothing, out faults);

    private static void Nothing<T>(T document, ref FaultList faults)
    {
    }
}

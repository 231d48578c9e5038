using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Csrun.Spec.Tests;

/// <summary>
/// System.Text.Json's generated code for the whole model: the second opinion on <see cref="ConfigReader"/>, and lenient
/// where that is not. In the executable its first call would cost a millisecond or two and the code 1.5 MB.
/// </summary>
/// <remarks>What Go writes with omitempty is left out when it is null, 0 or false; empty arrays are written.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ContainerConfig))]
[JsonSerializable(typeof(ContainerProcessState))]
[JsonSerializable(typeof(Features))]
[JsonSerializable(typeof(LinuxResources))]
[JsonSerializable(typeof(Process))]
[JsonSerializable(typeof(State))]
internal sealed partial class SpecJsonContext : JsonSerializerContext
{
    /// <summary>Makes a context that escapes only what JSON must escape, so that 1.3.0+dev stays legible.</summary>
    /// <param name="indented">Whether each member gets a line of its own.</param>
    public static SpecJsonContext Create(bool indented) => new(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    });
}

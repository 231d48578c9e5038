using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>
/// System.Text.Json's generated code for the model: writes it everywhere, and reads it off the hot path (its first call
/// costs a millisecond or two, <see cref="ConfigReader"/>'s a quarter of one). It is lenient where ConfigReader is not.
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
public sealed partial class SpecJsonContext : JsonSerializerContext
{
    /// <summary>Makes a context that escapes only what JSON must escape, so that 1.3.0+dev stays legible.</summary>
    /// <param name="indented">Whether each member gets a line of its own.</param>
    public static SpecJsonContext Create(bool indented) => new(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    });
}

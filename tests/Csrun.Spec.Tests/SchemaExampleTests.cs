using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Csrun.Spec.Tests;

/// <summary>The specification's own examples, which are not part of this repository.</summary>
public sealed class SchemaExampleTests
{
    private const string OldVersion =
        "ociVersion: expected a version 1.MINOR.PATCH (SemVer 2.0.0), found \"0.5.0-dev\"";

    public static TheoryData<string> Good => Documents.Examples("config/good");

    public static TheoryData<string> Bad => Documents.Examples("config/bad");

    public static TheoryData<string> GoodStates => Documents.Examples("state/good");

    public static TheoryData<string> GoodFeatures => Documents.Examples("features/good");

    [SchemaTheory]
    [MemberData(nameof(Good))]
    public void Accepts_what_the_schema_accepts(string name)
    {
        byte[] json = Documents.Example("config/good", name);

        string[] faults = Readings.FaultsOf(json);

        faults.Should().Equal(Expected(name));
        if (faults.Length == 0)
        {
            ConfigReader.Read(json, out _).Should().NotBeNull();
            Readings.Write(ConfigReader.Read(json, out _)).Should().Be(Readings.Write(Readings.ByContext(json)));
        }
    }

    [SchemaTheory]
    [MemberData(nameof(Bad))]
    public void Refuses_what_the_schema_refuses(string name)
    {
        string[] faults = Readings.FaultsOf(Documents.Example("config/bad", name));

        if (!name.StartsWith("freebsd"))
        {
            faults.Should().NotBeEmpty();
        }
    }

    [SchemaTheory]
    [MemberData(nameof(GoodStates))]
    public void Reads_the_examples_of_a_state(string name)
    {
        byte[] json = Documents.Example("state/good", name);

        State state = JsonSerializer.Deserialize(json, SpecJsonContext.Default.State)!;

        AsWritten(JsonSerializer.SerializeToNode(state, SpecJsonContext.Default.State), json);
    }

    [SchemaTheory]
    [MemberData(nameof(GoodFeatures))]
    public void Reads_the_examples_of_features(string name)
    {
        byte[] json = Documents.Example("features/good", name);

        Features features = JsonSerializer.Deserialize(json, SpecJsonContext.Default.Features)!;

        AsWritten(JsonSerializer.SerializeToNode(features, SpecJsonContext.Default.Features), json);
    }

    /// <summary>Every name that the schema of config.json has for Linux is in the model.</summary>
    [SchemaTheory]
    [InlineData("config-schema.json")]
    [InlineData("config-linux.json")]
    public void Knows_every_property_of_the_schema(string file)
    {
        string[] elsewhere = ["solaris", "windows", "vm", "zos", "freebsd", "boottime", "monotonic"];
        string[] model = [.. Model.Types.Values.SelectMany(names => names.Split(' ')), .. elsewhere];
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Documents.Schema!, file)))!;

        Properties(schema).Except(model).Should().BeEmpty();
    }

    /// <summary>
    /// What the schema does not say: this is Linux, version 1, and the host's own state is not touched.
    /// </summary>
    private static string[] Expected(string name) => name switch
    {
        "spec-example.json" => [OldVersion],
        "zos-example.json" => [OldVersion, "hostname: needs a uts namespace", "mounts: needs a mount namespace"],
        "freebsd-example.json" => ["hostname: needs a uts namespace", "mounts: needs a mount namespace"],
        "linux-netdevice.json" => ["linux.netDevices: needs a network namespace"],
        _ => [],
    };

    private static void AsWritten(JsonNode? written, byte[] json) =>
        JsonNode.DeepEquals(written, JsonNode.Parse(json)).Should().BeTrue("it was written as {0}", written);

    private static string[] Properties(JsonNode? node) => node switch
    {
        JsonObject record =>
            [.. record.SelectMany(member => member.Key == "properties" && member.Value is JsonObject properties
            ? properties.SelectMany(property => (string[])[property.Key, .. Properties(property.Value)])
            : Properties(member.Value))],
        JsonArray array => [.. array.SelectMany(Properties)],
        _ => [],
    };
}

using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Csrun.Spec.Tests;

/// <summary>Every property of the model is read, and into its own place.</summary>
public sealed class ModelTests
{
    private int _last = 1;

    public static TheoryData<string> Records => new(Model.Types.Concat(Model.Written).Select(pair => pair.Key.Name));

    [Theory]
    [MemberData(nameof(Records))]
    public void Has_the_members_of_the_specification(string record)
    {
        (Type type, string names) = Model.Types.Concat(Model.Written).Single(pair => pair.Key.Name == record);

        Model.Members(type).Select(member => member.Name).Should().BeEquivalentTo(names.Split(' '));
    }

    [Fact]
    public void Reads_every_member_into_its_place()
    {
        JsonNode document = Filled(typeof(ContainerConfig));
        byte[] json = Encoding.UTF8.GetBytes(document.ToJsonString());

        ContainerConfig config = Readings.Unvalidated(json)!;

        JsonNode.DeepEquals(JsonNode.Parse(Readings.Write(config)), document).Should().BeTrue(
            "read and written again it should be the same:\n{0}\n{1}", document, Readings.Write(config));
        document.ToJsonString().Length.Should().BeGreaterThan(5000);
    }

    [Fact]
    public void Reads_every_member_by_the_context_as_well()
    {
        JsonNode document = Filled(typeof(ContainerConfig));
        byte[] json = Encoding.UTF8.GetBytes(document.ToJsonString());

        Readings.Write(Readings.ByContext(json)).Should().Be(Readings.Write(Readings.Unvalidated(json)));
    }

    /// <summary>
    /// A document that has each member once or, in arrays and maps, twice; no two values are the same.
    /// </summary>
    private JsonNode Filled(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        string unique = _last++.ToString(CultureInfo.InvariantCulture);
        if (type == typeof(string))
        {
            return JsonValue.Create("text " + unique);
        }

        if (type == typeof(bool))
        {
            return JsonValue.Create(true);
        }

        if (type.IsPrimitive)
        {
            return JsonNode.Parse(unique)!;
        }

        if (type.IsArray)
        {
            return new JsonArray(Filled(type.GetElementType()!), Filled(type.GetElementType()!));
        }

        if (type.IsGenericType)
        {
            Type value = type.GetGenericArguments()[1];
            return new JsonObject { ["key " + unique] = Filled(value), ["other key " + unique] = Filled(value) };
        }

        JsonObject record = [];
        foreach (JsonPropertyInfo member in Model.Members(type))
        {
            record[member.Name] = Filled(member.PropertyType);
        }

        return record;
    }
}

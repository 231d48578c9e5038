using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Csrun.Spec.Tests;

/// <summary>Documents nobody would write: both readings agree on the good ones and nothing breaks the reader.</summary>
public sealed class RandomDocumentTests
{
    private static readonly string[] s_texts =
    [
        "", "/", "a", "A=b", "1.0.2", "RLIMIT_CPU", "SCHED_FIFO", "mount", "rbind", "\\\\", "\\\"", "\\u00fc",
        "\\ud83d\\ude00", "ü", "\U0001F600", "\\n", "\\/", "net.ipv4.ip_forward", "0-3,7",
    ];

    public static Arbitrary<GoodDocument> GoodDocuments() =>
        Arb.From(Record(typeof(ContainerConfig)).Select(json => new GoodDocument(json)), Shrink);

    [Property(Arbitrary = [typeof(RandomDocumentTests)], MaxTest = 500)]
    public void Is_read_as_the_context_reads_it(GoodDocument document)
    {
        byte[] json = Encoding.UTF8.GetBytes(document.Json);

        Readings.Write(Readings.Unvalidated(json)).Should().Be(Readings.Write(Readings.ByContext(json)));
    }

    [Property(Arbitrary = [typeof(RandomDocumentTests)], MaxTest = 300)]
    public void Is_the_same_after_writing_and_reading_it_again(GoodDocument document)
    {
        ContainerConfig? once = Readings.Unvalidated(Encoding.UTF8.GetBytes(document.Json));

        string written = Readings.Write(once);

        Readings.Write(Readings.Unvalidated(Encoding.UTF8.GetBytes(written))).Should().Be(written);
    }

    [Property(Arbitrary = [typeof(RandomDocumentTests)], MaxTest = 500)]
    public void Is_accepted_or_has_faults_each_with_a_place(GoodDocument document)
    {
        string[] faults = Readings.FaultsOf(document.Json);

        faults.Should().NotContain(fault => fault.IndexOf(": ") < 1);
        faults.Should().OnlyHaveUniqueItems();
    }

    /// <summary>One byte changed, taken away or put in: refused or not, but never an exception.</summary>
    [Property(Arbitrary = [typeof(RandomDocumentTests)], MaxTest = 1000)]
    public void Is_read_or_refused_after_a_byte_went_wrong(GoodDocument document, int place, byte value)
    {
        List<byte> json = [.. Encoding.UTF8.GetBytes(document.Json)];
        int at = (int)((uint)place % json.Count);
        switch (place & 3)
        {
            case 0:
                json.RemoveAt(at);
                break;
            case 1:
                json.Insert(at, value);
                break;
            case 2:
                json.RemoveRange(at, json.Count - at);
                break;
            default:
                json[at] = value;
                break;
        }

        _ = Readings.FaultsOf(json.ToArray());
    }

    /// <summary>Any reading that the strict reader accepts is the one System.Text.Json has.</summary>
    [Property(MaxTest = 2000)]
    public void Bytes_of_any_kind_are_refused_without_an_exception(byte[] json)
    {
        Readings.FaultsOf(json).Should().NotBeEmpty();
    }

    /// <summary>
    /// An object of the model as text: members in any order, some absent, some null where that is allowed.
    /// </summary>
    private static Gen<string> Record(Type type) =>
        from members in Gen.CollectToArray(Model.Members(type), Member)
        from order in Gen.Shuffle(members)
        from gap in Gen.Elements("", " ", "\n\t", "\r\n")
        select $"{{{gap}{string.Join("," + gap, order.Where(member => member.Length != 0))}}}";

    private static Gen<string> Member(JsonPropertyInfo member)
    {
        bool mayBeNull = !member.PropertyType.IsValueType
            || Nullable.GetUnderlyingType(member.PropertyType) is not null;
        Gen<string> value = Value(member.PropertyType).Select(json => $"\"{member.Name}\": {json}");
        Gen<string> absent = Gen.Constant("");
        return mayBeNull
            ? Gen.Frequency((5, value), (4, absent), (1, Gen.Constant($"\"{member.Name}\":null")))
            : Gen.Frequency((1, value), (1, absent));
    }

    private static Gen<string> Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return Text();
        }

        if (type == typeof(bool))
        {
            return Gen.Elements("true", "false");
        }

        if (type.IsPrimitive)
        {
            return Number(type);
        }

        if (type.IsArray)
        {
            return Few(Value(type.GetElementType()!)).Select(values => $"[{string.Join(", ", values)}]");
        }

        return type.IsGenericType ? Map(type.GetGenericArguments()[1]) : Record(type);
    }

    private static Gen<string> Text() => Gen.Elements(s_texts).ListOf(2).Select(parts => $"\"{string.Concat(parts)}\"");

    private static Gen<string> Number(Type type)
    {
        decimal lowest = Convert.ToDecimal(type.GetField("MinValue")!.GetValue(null), CultureInfo.InvariantCulture);
        decimal highest = Convert.ToDecimal(type.GetField("MaxValue")!.GetValue(null), CultureInfo.InvariantCulture);
        return Gen.Elements(lowest, highest, lowest + 1, highest - 1, 0, 1, 17, 1000)
            .Select(number => number.ToString(CultureInfo.InvariantCulture));
    }

    private static Gen<string> Map(Type value) =>
        from values in Few(Value(value))
        select $"{{{string.Join(",", values.Select((json, index) => $"\"key{index}\":{json}"))}}}";

    private static Gen<List<string>> Few(Gen<string> value) =>
        from count in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Constant(1)), (1, Gen.Constant(3)))
        from values in value.ListOf(count)
        select values.ToList();

    /// <summary>Smaller documents that fail in the same way: without one of the members at the top.</summary>
    private static IEnumerable<GoodDocument> Shrink(GoodDocument document)
    {
        var top = System.Text.Json.Nodes.JsonNode.Parse(document.Json)!.AsObject();
        foreach (string name in top.Select(member => member.Key).ToArray())
        {
            var without = top.DeepClone().AsObject();
            without.Remove(name);
            yield return new GoodDocument(without.ToJsonString());
        }
    }

    /// <summary>A document without a fault of its text, its types or its names; values may be invalid.</summary>
    public sealed record GoodDocument(string Json);
}

using System;
using System.IO;
using System.Text.Json;
using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>
/// The state of a container as JSON (runtime-spec, runtime.md, State), with the further members of runc and of crun.
/// </summary>
internal static class StateFormatter
{
    /// <summary>
    /// What <c>state</c> prints: runc's ends without a newline, crun's is indented by four and ends with one. csrun's
    /// is runc's with a newline.
    /// </summary>
    internal static byte[] Format(ContainerView container, Dialect dialect)
    {
        using MemoryStream output = new();
        using (Utf8JsonWriter writer = new(output, Indented(dialect == Dialect.Crun ? 4 : 2)))
        {
            WriteState(writer, container, dialect);
        }

        if (dialect != Dialect.Runc)
        {
            output.WriteByte((byte)'\n');
        }

        return output.ToArray();
    }

    /// <summary>Writes the object that runc, and csrun, give for a container in state and in list.</summary>
    internal static void WriteState(Utf8JsonWriter writer, ContainerView container, Dialect dialect)
    {
        writer.WriteStartObject();
        writer.WriteString("ociVersion"u8, container.OciVersion);
        writer.WriteString("id"u8, container.Id);
        writer.WriteNumber("pid"u8, container.Pid);
        writer.WriteString("status"u8, container.Status);
        writer.WriteString("bundle"u8, container.Bundle);
        writer.WriteString("rootfs"u8, container.Rootfs);
        writer.WriteString("created"u8, container.Created);
        if (dialect == Dialect.Crun)
        {
            writer.WriteString("systemd-scope"u8, container.SystemdScope);
            writer.WriteString("owner"u8, container.Owner);
            WriteAnnotations(writer, container);
        }
        else
        {
            WriteAnnotations(writer, container);
            writer.WriteString("owner"u8, container.Owner);
        }

        container.Shim?.Write(writer);
        writer.WriteEndObject();
    }

    /// <summary>Indented by spaces, escaped no more than JSON asks.</summary>
    internal static JsonWriterOptions Indented(int size) => new()
    {
        Indented = true,
        IndentSize = size,
        NewLine = "\n",
        Encoder = new PlainJsonEncoder(),
    };

    // In the order of the keys, as Go writes a map; none at all where there are none.
    private static void WriteAnnotations(Utf8JsonWriter writer, ContainerView container)
    {
        if (container.Annotations.Count == 0)
        {
            return;
        }

        string[] keys = [.. container.Annotations.Keys];
        Array.Sort(keys, StringComparer.Ordinal);
        writer.WriteStartObject("annotations"u8);
        foreach (string key in keys)
        {
            writer.WriteString(key, container.Annotations[key]);
        }

        writer.WriteEndObject();
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>What <c>list</c> prints. The caller brings the containers sorted by id.</summary>
internal static class ListFormatter
{
    // The tabwriter of runc: a column is as wide as its widest cell and three, and no less than twelve.
    private const int LeastWidth = 12;
    private const int Padding = 3;

    /// <summary>The ids, one a line.</summary>
    internal static string Ids(IReadOnlyList<ContainerView> containers)
    {
        StringBuilder text = new();
        foreach (ContainerView container in containers)
        {
            text.Append(container.Id).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The table with its header.</summary>
    internal static string Table(IReadOnlyList<ContainerView> containers, Dialect dialect) =>
        dialect == Dialect.Crun ? CrunTable(containers) : RuncTable(containers);

    /// <summary>
    /// JSON: as runc all on one line and <c>null</c> where there is none, as crun an indented array with fewer members.
    /// </summary>
    internal static byte[] Json(IReadOnlyList<ContainerView> containers, Dialect dialect)
    {
        if (containers.Count == 0 && dialect != Dialect.Crun)
        {
            return "null\n"u8.ToArray();
        }

        using MemoryStream output = new();
        JsonWriterOptions options = dialect == Dialect.Crun
            ? StateFormatter.Indented(4)
            : new JsonWriterOptions { Encoder = new PlainJsonEncoder() };
        using (Utf8JsonWriter writer = new(output, options))
        {
            writer.WriteStartArray();
            foreach (ContainerView container in containers)
            {
                if (dialect == Dialect.Crun)
                {
                    WriteCrun(writer, container);
                }
                else
                {
                    StateFormatter.WriteState(writer, container, dialect);
                }
            }

            writer.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
        return output.ToArray();
    }

    private static string RuncTable(IReadOnlyList<ContainerView> containers)
    {
        List<string[]> rows = [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]];
        foreach (ContainerView container in containers)
        {
            rows.Add(Cells(container));
        }

        int[] widths = new int[rows[0].Length - 1];
        Array.Fill(widths, LeastWidth);
        foreach (string[] row in rows)
        {
            for (int column = 0; column < widths.Length; column++)
            {
                widths[column] = Math.Max(widths[column], Width(row[column]) + Padding);
            }
        }

        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            for (int column = 0; column < widths.Length; column++)
            {
                text.Append(row[column]).Append(' ', widths[column] - Width(row[column]));
            }

            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }

    private static string CrunTable(IReadOnlyList<ContainerView> containers)
    {
        int name = "NAME".Length;
        foreach (ContainerView container in containers)
        {
            name = Math.Max(name, Width(container.Id));
        }

        int[] widths = [name, 9, 8, 39, 30];
        StringBuilder text = new();
        AppendCrunRow(text, widths, ["NAME", "PID", "STATUS", "BUNDLE PATH", "CREATED", "OWNER"]);
        foreach (ContainerView container in containers)
        {
            AppendCrunRow(text, widths, Cells(container));
        }

        return text.ToString();
    }

    private static void AppendCrunRow(StringBuilder text, int[] widths, string[] cells)
    {
        for (int column = 0; column < widths.Length; column++)
        {
            text.Append(cells[column]).Append(' ', Math.Max(0, widths[column] - Width(cells[column])) + 1);
        }

        text.Append(cells[^1]).Append('\n');
    }

    private static string[] Cells(ContainerView container) =>
    [
        container.Id,
        container.Pid.ToString(CultureInfo.InvariantCulture),
        container.Status,
        container.Bundle,
        container.Created,
        container.Owner,
    ];

    // Characters as the tabwriter counts them: code points.
    private static int Width(string cell)
    {
        int width = 0;
        foreach (Rune rune in cell.EnumerateRunes())
        {
            width++;
        }

        return width;
    }

    private static void WriteCrun(Utf8JsonWriter writer, ContainerView container)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, container.Id);
        writer.WriteNumber("pid"u8, container.Pid);
        writer.WriteString("status"u8, container.Status);
        writer.WriteString("bundle"u8, container.Bundle);
        writer.WriteString("created"u8, container.Created);
        writer.WriteString("owner"u8, container.Owner);
        writer.WriteEndObject();
    }
}

using System;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>Manual pages in troff's man macros, made from the tables: csrun(8) and csrun-COMMAND(8).</summary>
internal static class ManPage
{
    /// <summary>The page of a command, or csrun(8) where it is None.</summary>
    internal static string Of(Command command)
    {
        CommandRow row = CommandTable.Find(Dialect.Csrun, command);
        return row.Command == Command.None ? Program() : CommandPage(row);
    }

    /// <summary>The commands that have a page of their own, one a line.</summary>
    internal static string List()
    {
        StringBuilder names = new();
        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.IsShown(Dialect.Csrun))
            {
                names.Append(row.Name).Append('\n');
            }
        }

        return names.ToString();
    }

    private static string Program()
    {
        StringBuilder page = Title("csrun", "make and run OCI containers");
        page.Append(".SH SYNOPSIS\n.B csrun\n[\\fIglobal flags\\fR] \\fIcommand\\fR [\\fIflags\\fR] [\\fIarguments\\fR]\n");
        page.Append(".SH DESCRIPTION\n");
        AppendText(page, "csrun runs containers as the runtime specification of the Open Container Initiative describes "
            + "them: a bundle is a directory with a config.json and a root filesystem. It stands in for runc(8) and "
            + "crun(1): called by one of these names it takes that program's command line, prints what it prints and "
            + "words its errors as it does.");
        page.Append(".SH COMMANDS\n");
        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.IsShown(Dialect.Csrun))
            {
                page.Append($".TP\n\\fB{Escaped(row.Name)}\\fR \\fI{Escaped(row.Operands)}\\fR\n");
                AppendText(page, Sentence(row.Help));
            }
        }

        AppendFlags(page, "GLOBAL FLAGS", FlagTable.Globals());
        AppendExamples(page, Command.None);
        page.Append(".SH EXIT STATUS\n");
        AppendText(page, "0, or what the container's program ended with: its exit status, or 128 and the number of the "
            + "signal that killed it. 1 for csrun's own errors; 255 for an exec that could not start its program.");
        page.Append(".SH FILES\n.TP\n.I /run/csrun/ID/state.json\n");
        AppendText(page, "A container's state. Without root it is below $XDG_RUNTIME_DIR/csrun; --root names another "
            + "place.");
        page.Append(".SH SEE ALSO\n");
        StringBuilder pages = new();
        foreach (string name in List().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            pages.Append(pages.Length == 0 ? "" : ",\n").Append(".BR csrun\\-").Append(name).Append(" (8)");
        }

        return page.Append(pages).Append('\n').ToString();
    }

    private static string CommandPage(CommandRow row)
    {
        StringBuilder page = Title($"csrun-{row.Name}", row.Help);
        page.Append(".SH SYNOPSIS\n").Append(Line(HelpText.UsageLine(Dialect.Csrun, row)));
        page.Append(".SH DESCRIPTION\n");
        AppendText(page, CommandText.About(row.Command));
        if (row.Support == Support.NotYet)
        {
            page.Append(".PP\n");
            AppendText(page, "This version of csrun does not support the command yet.");
        }

        AppendOperands(page, row);
        AppendFlags(page, "FLAGS", [.. FlagTable.Of(row.Command), .. FlagTable.Common()]);
        AppendExamples(page, row.Command);
        return page.Append(".SH SEE ALSO\n.BR csrun (8)\n").ToString();
    }

    private static StringBuilder Title(string name, string what) => new(
        $".TH {name.ToUpperInvariant()} 8 \"\" \"csrun {BuildInfo.Version}\" \"System administration\"\n"
        + $".SH NAME\n{Escaped(name)} \\- {Escaped(what)}\n");

    private static void AppendOperands(StringBuilder page, CommandRow row)
    {
        bool isFirst = true;
        foreach (string word in row.Operands.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = word.Trim('[', ']');
            if (CommandText.Operand(name) is { Length: > 0 } meaning)
            {
                page.Append(isFirst ? ".SH ARGUMENTS\n" : "").Append(".TP\n.I ").Append(Line(name));
                AppendText(page, Sentence(meaning));
                isFirst = false;
            }
        }
    }

    private static void AppendFlags(StringBuilder page, string heading, FlagRow[] rows)
    {
        page.Append(".SH ").Append(heading).Append('\n');
        foreach (FlagRow row in HelpText.Shown(Dialect.Csrun, rows))
        {
            page.Append(".TP\n");
            foreach (char letter in row.Letters(Dialect.Csrun))
            {
                page.Append($"\\fB\\-{letter}\\fR, ");
            }

            string word = row.Note.Length != 0 ? row.Note : row.Word;
            page.Append($"\\fB\\-\\-{Escaped(row.Name)}\\fR").Append(word.Length == 0 ? "" : $" \\fI{Escaped(word)}\\fR");
            page.Append('\n');
            AppendText(page, Sentence(row.Help));
        }
    }

    private static void AppendExamples(StringBuilder page, Command command)
    {
        string examples = CommandText.Examples(command);
        if (examples.Length == 0)
        {
            return;
        }

        page.Append(".SH EXAMPLES\n");
        foreach (string example in examples.Split('\n'))
        {
            string[] parts = example.Split('\t');
            page.Append(".TP\n.B ").Append(Line(parts[0]));
            AppendText(page, Sentence(parts[1]));
        }
    }

    private static void AppendText(StringBuilder page, string text)
    {
        bool isFirst = true;
        foreach (string paragraph in text.Split('\n'))
        {
            page.Append(isFirst ? "" : ".PP\n").Append(Line(paragraph));
            isFirst = false;
        }
    }

    private static string Sentence(string help) => char.ToUpperInvariant(help[0]) + help[1..] + ".";

    // A line of its own: a dot or apostrophe in front would make it a request.
    private static string Line(string text) =>
        (text.StartsWith('.') || text.StartsWith('\'') ? "\\&" : "") + Escaped(text) + "\n";

    private static string Escaped(string text) => text
        .Replace("\\", "\\e", StringComparison.Ordinal)
        .Replace("-", "\\-", StringComparison.Ordinal)
        .Replace("'", "\\(aq", StringComparison.Ordinal);
}

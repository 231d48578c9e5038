using System;
using System.Collections.Generic;
using System.Globalization;
using Csrun.Reporting;

namespace Csrun.CommandLine;

/// <summary>The faults of command lines, each in the form that callers of its dialect know.</summary>
internal static class UsageErrors
{
    private const int ArgpExitCode = 64;
    private const int NoHelpTopicExitCode = 3;
    private const string NotThisVersion = "not supported by this version of csrun";

    /// <summary>The word in a command's place names none.</summary>
    internal static UsageError UnknownCommand(Invocation invocation, string word) => invocation.Dialect switch
    {
        Dialect.Runc => Bare($"No help topic for '{word}'", NoHelpTopicExitCode),
        Dialect.Crun => PlainCrun($"unknown command {word}"),
        _ => Own(invocation, word, "no such command", Suggest(word, CommandNames()) ?? "csrun --help lists them"),
    };

    /// <summary>
    /// No row has this flag. <paramref name="typed"/> has its dashes, as crun's message its value too.
    /// </summary>
    internal static UsageError UnknownFlag(Invocation invocation, string typed, FlagRow[] rows) =>
        invocation.Dialect switch
        {
            Dialect.Runc => Go(invocation, $"flag provided but not defined: -{Name(typed)}"),
            Dialect.Crun => Argp($"unrecognized option '{typed}'"),
            _ => Own(invocation, typed, "no such flag",
                Misplaced(invocation, typed) ?? Suggest(typed, FlagNames(rows))
                    ?? $"{HelpCommand(invocation)} lists them"),
        };

    /// <summary>Go: dashes and no name, or too many of them.</summary>
    internal static UsageError BadSyntax(Invocation invocation, string typed) => invocation.Dialect == Dialect.Runc
        ? Go(invocation, $"bad flag syntax: {typed}")
        : Own(invocation, typed, "not a flag", $"{HelpCommand(invocation)} lists the flags");

    /// <summary>Go: a switch has a value that is neither true nor false.</summary>
    internal static UsageError BadSwitch(Invocation invocation, string typed, string value) =>
        invocation.Dialect == Dialect.Runc
            ? Go(invocation, $"invalid boolean value {GoQuote.Quote(value)} for -{Name(typed)}: parse error")
            : Own(invocation, typed, $"{GoQuote.Quote(value)} is neither true nor false", null);

    /// <summary>A flag's value is missing.</summary>
    internal static UsageError NeedsValue(Invocation invocation, in FlagRow row, string typed) =>
        invocation.Dialect switch
        {
            Dialect.Runc => Go(invocation, $"flag needs an argument: -{Name(typed)}"),
            Dialect.Crun => Argp($"option '{typed}' requires an argument"),
            _ => Own(invocation, typed, $"no {Either(row.Word)} given", null),
        };

    /// <summary>A number was wanted.</summary>
    internal static UsageError BadNumber(Invocation invocation, in FlagRow row, string typed, string value) =>
        invocation.Dialect switch
        {
            Dialect.Runc => Go(
                invocation, $"invalid value {GoQuote.Quote(value)} for flag -{Name(typed)}: parse error"),
            Dialect.Crun => PlainCrun($"invalid value `{value}` for `--{row.Name}`"),
            _ => Own(invocation, typed, $"{GoQuote.Quote(value)} is not a number", null),
        };

    /// <summary>A duration was wanted.</summary>
    internal static UsageError BadDuration(Invocation invocation, string typed, string value) =>
        invocation.Dialect == Dialect.Runc
            ? Go(invocation, $"invalid value {GoQuote.Quote(value)} for flag -{Name(typed)}: parse error")
            : Own(invocation, typed, $"{GoQuote.Quote(value)} is not a duration", "durations look like 5s or 1m30s");

    /// <summary>One of a few words was wanted.</summary>
    internal static UsageError BadChoice(Invocation invocation, in FlagRow row, string typed, string value)
    {
        if (invocation.Dialect == Dialect.Csrun)
        {
            return Own(invocation, typed, $"{GoQuote.Quote(value)} is none of {AllOf(row.Word)}", null);
        }

        bool isRunc = invocation.Dialect == Dialect.Runc;
        return Bare(
            row.Flag switch
            {
                Flag.LogFormat => isRunc ? $"invalid log-format: {value}" : $"unknown log format type {value}",
                Flag.Format => isRunc ? "invalid format option" : $"invalid format `{value}`",
                Flag.CgroupManager => "unknown cgroup manager specified",
                _ => $"invalid value {GoQuote.Quote(value)} for --{row.Name}: none of {AllOf(row.Word)}",
            },
            ExitCodes.Failure);
    }

    /// <summary>A word of the command is not one of those it knows.</summary>
    internal static UsageError BadOperand(Invocation invocation, string operand, string value)
    {
        string cause = $"{GoQuote.Quote(value)} is none of {AllOf(operand)}";
        return invocation.Dialect == Dialect.Csrun
            ? Own(invocation, null, cause, UsageHint(invocation))
            : Bare(cause, ExitCodes.Failure);
    }

    /// <summary>A flag's value or a word of the command is no text. <paramref name="what"/> names it.</summary>
    internal static UsageError NotUtf8(Invocation invocation, string what) => invocation.Dialect == Dialect.Csrun
        ? Own(invocation, what, "not valid UTF-8", null)
        : Bare($"{what}: not valid UTF-8", ExitCodes.Failure);

    /// <summary>Fewer words than the command needs.</summary>
    internal static UsageError TooFew(Invocation invocation, in CommandRow row, int count)
    {
        (int least, int most) = row.OperandCount();
        return invocation.Dialect switch
        {
            Dialect.Runc => WrongCount(row, least == most && !row.HasProgram ? "exactly" : "a minimum of", least),
            Dialect.Crun when row.Operand(count) == "ID" && row.Command != Command.Ps =>
                PlainCrun("please specify a ID for the container"),
            Dialect.Crun => PlainCrun($"crun: `{row.Name}` requires a minimum of {Text(least)} arguments"),
            _ => Own(invocation, null, $"no {Either(row.Operand(count))} given", UsageHint(invocation)),
        };
    }

    /// <summary>More words than the command takes.</summary>
    internal static UsageError TooMany(Invocation invocation, in CommandRow row, ReadOnlySpan<byte[]> words)
    {
        (int least, int most) = row.OperandCount();
        switch (invocation.Dialect)
        {
            case Dialect.Runc:
                return WrongCount(row, least == most ? "exactly" : "a maximum of", most);
            case Dialect.Crun:
                return PlainCrun($"crun: `{row.Name}` requires a maximum of {Text(most)} arguments");
            default:
                string first = CommandLineParser.Text(words[most]);
                string cause = $"{GoQuote.Quote(first)} is one argument too many";
                return Own(invocation, null, cause, first.StartsWith('-')
                    ? $"flags stand before the arguments: {HelpText.UsageLine(invocation.Dialect, row)}"
                    : UsageHint(invocation));
        }
    }

    /// <summary>exec without a program and without --process.</summary>
    internal static UsageError NoProgram(Invocation invocation) => invocation.Dialect switch
    {
        Dialect.Runc => Bare("exec failed: process args cannot be empty", ExitCodes.ExecFailure),
        Dialect.Crun => PlainCrun("crun: `exec` requires a minimum of 2 arguments"),
        _ => Own(invocation, null, "no PROGRAM given, nor --process", UsageHint(invocation)),
    };

    /// <summary>A command, a flag or a flag's value that is known and not done.</summary>
    internal static UsageError NotSupported(Invocation invocation, string what)
    {
        bool isCommand = !what.StartsWith('-');
        ErrorDetail detail = invocation.Dialect == Dialect.Csrun
            ? new ErrorDetail
            {
                Step = isCommand ? null : StepOf(invocation),
                Place = what,
                Cause = NotThisVersion,
            }
            : new ErrorDetail { Cause = $"{what}: {NotThisVersion}" };
        return new UsageError(detail, ExitCodes.Of(invocation.Command), isRefusal: true, preface: null);
    }

    /// <summary>A message of crun's that has no frame.</summary>
    internal static UsageError PlainCrun(string message) => Bare(message, ExitCodes.Failure);

    /// <summary>argp: no row has this letter.</summary>
    internal static UsageError UnknownLetter(string letter) => Argp($"invalid option -- '{letter}'");

    /// <summary>argp: the value that belongs to a letter is missing.</summary>
    internal static UsageError LetterNeedsValue(string letter) => Argp($"option requires an argument -- '{letter}'");

    /// <summary>argp: more than one flag begins like this.</summary>
    internal static UsageError Ambiguous(string typed, string candidates) =>
        Argp($"option '{typed}' is ambiguous; possibilities:{candidates}");

    /// <summary>argp: a switch was given a value.</summary>
    internal static UsageError TakesNoValue(string typed) => Argp($"option '{typed}' doesn't allow an argument");

    private static UsageError Bare(string message, int exitCode) =>
        new(new ErrorDetail { Cause = message }, exitCode, isRefusal: false, preface: null);

    private static UsageError Argp(string message) =>
        Bare($"crun: {message}\nTry `crun --help' or `crun --usage' for more information.", ArgpExitCode);

    private static UsageError Go(Invocation invocation, string message)
    {
        string preface = $"Incorrect Usage{(invocation.Command == Command.None ? '.' : ':')} {message}";
        return new UsageError(new ErrorDetail { Cause = message }, ExitCodes.Failure, isRefusal: false, preface);
    }

    private static UsageError WrongCount(in CommandRow row, string amount, int count)
    {
        string message = $"runc: \"{row.Name}\" requires {amount} {Text(count)} argument(s)";
        return new UsageError(
            new ErrorDetail { Cause = message }, ExitCodes.Failure, isRefusal: false, preface: "Incorrect Usage.");
    }

    private static UsageError Own(Invocation invocation, string? place, string cause, string? hint) =>
        new(
            new ErrorDetail { Step = StepOf(invocation), Place = place, Cause = cause, Hint = hint },
            ExitCodes.Failure,
            isRefusal: false,
            preface: null);

    private static string? StepOf(Invocation invocation) => invocation.Command == Command.None
        ? null
        : CommandTable.Find(invocation.Dialect, invocation.Command).Name;

    private static string UsageHint(Invocation invocation) => "usage: "
        + HelpText.UsageLine(invocation.Dialect, CommandTable.Find(invocation.Dialect, invocation.Command));

    private static string HelpCommand(Invocation invocation) =>
        StepOf(invocation) is { } step ? $"csrun {step} --help" : "csrun --help";

    // A global flag that was put behind the command.
    private static string? Misplaced(Invocation invocation, string typed)
    {
        if (invocation.Command != Command.None)
        {
            foreach (FlagRow row in FlagTable.Globals())
            {
                if (row.IsShown(invocation.Dialect) && row.Name == Name(typed))
                {
                    return $"it stands before the command: csrun --{row.Name} {row.Word}".TrimEnd()
                        + $" {StepOf(invocation)} ...";
                }
            }
        }

        return null;
    }

    private static string? Suggest(string typed, IEnumerable<string> words) =>
        Words.Nearest(typed, words) is { } word ? $"did you mean {word}?" : null;

    private static IEnumerable<string> CommandNames()
    {
        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.IsShown(Dialect.Csrun))
            {
                yield return row.Name;
            }
        }
    }

    private static IEnumerable<string> FlagNames(FlagRow[] rows)
    {
        foreach (FlagRow row in rows)
        {
            if (row.IsShown(Dialect.Csrun))
            {
                yield return "--" + row.Name;
            }
        }
    }

    private static string Name(string typed) => typed.TrimStart('-');

    private static string Either(string choice) => choice.Replace("|", " or ", StringComparison.Ordinal);

    private static string AllOf(string choice) => choice.Replace("|", ", ", StringComparison.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

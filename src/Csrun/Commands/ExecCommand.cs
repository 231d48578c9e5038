using System;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;
using Csrun.Spec;
using Csrun.Startup;

namespace Csrun.Commands;

/// <summary><c>exec</c>: a further program in a container.</summary>
internal static class ExecCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        string? processFile = invocation.GetString(Flag.Process);
        return Executor.Run(new ExecRequest
        {
            Id = invocation.Operand(0)!,
            Root = CommandContext.Root(invocation),
            ProcessFile = processFile,
            Changes = processFile is null ? Changes(invocation) : null,
            SubCgroups = Texts(invocation, Flag.Cgroup),
            Environment = static () => ProcessEntry.Environment(),
            Warn = message => reporter.Warning(message, DateTime.UtcNow),
            IsDetached = invocation.IsSet(Flag.Detach),
            IgnoresPaused = invocation.IsSet(Flag.IgnorePaused),
            PidFile = invocation.GetString(Flag.PidFile),
            ConsoleSocket = invocation.GetString(Flag.ConsoleSocket),
            PidfdSocket = invocation.GetString(Flag.PidfdSocket),
            PreservedDescriptors = CallersDescriptors.Check(invocation),
            ListenDescriptors = CallersDescriptors.ListenDescriptors(),
        });
    }

    /// <summary>With --process all of these come from there, as in runc and crun.</summary>
    private static ExecChanges Changes(Invocation invocation)
    {
        return new ExecChanges
        {
            Arguments = invocation.ProgramArguments,
            Environment = invocation.GetAll(Flag.Env),
            WorkingDirectory = invocation.GetString(Flag.Cwd),
            Terminal = invocation.IsSet(Flag.Tty),
            User = invocation.GetString(Flag.User),
            AdditionalGids = Texts(invocation, Flag.AdditionalGids),
            Capabilities = Texts(invocation, Flag.Cap),
            NoNewPrivileges = invocation.GetSwitch(Flag.NoNewPrivs),
            ApparmorProfile = invocation.GetString(Flag.Apparmor),
            SelinuxLabel = invocation.GetString(Flag.ProcessLabel),
        };
    }

    private static string[] Texts(Invocation invocation, Flag flag)
    {
        return Array.ConvertAll(invocation.GetAll(flag), static value => Utf8.ToText(value));
    }
}

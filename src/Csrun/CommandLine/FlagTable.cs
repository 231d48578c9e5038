namespace Csrun.CommandLine;

/// <summary>
/// Every flag of every command in every dialect: those of runc 1.5 and crun 1.29, done or not. The parser, each help,
/// the completion scripts and the manual pages know flags from here only. Rows are built when a command asks for its
/// own, so that a start pays for no other.
/// </summary>
internal static partial class FlagTable
{
    private const Dialects All = Dialects.All;
    private const Dialects Runc = Dialects.Csrun | Dialects.Runc;
    private const Dialects Crun = Dialects.Csrun | Dialects.Crun;
    private const Support Done = Support.Done;
    private const Support NotYet = Support.NotYet;

    /// <summary>The flags that may stand before the command (in crun's dialect also after it).</summary>
    internal static FlagRow[] Globals() =>
    [
        Value(Flag.Root, "root", "", "DIR", All, Done,
            "where the containers' state is kept; default /run/csrun, without root $XDG_RUNTIME_DIR/csrun"),
        Value(Flag.Log, "log", "", "FILE", All, Done,
            "write errors, warnings and debug lines to FILE; errors still go to standard error"),
        Value(Flag.LogFormat, "log-format", "", "text|json", All, Done,
            "the form of these lines; default text"),
        Value(Flag.LogLevel, "log-level", "", "error|warning|debug", Crun, Done,
            "the least serious lines to write"),
        Switch(Flag.Debug, "debug", "", All, Done,
            "write debug lines too"),
        Switch(Flag.SystemdCgroup, "systemd-cgroup", "", All, Done,
            "let systemd make the cgroups; cgroupsPath is then slice:prefix:name"),
        Choice(Flag.CgroupManager, "cgroup-manager", "cgroupfs|systemd|disabled", Crun, "",
            "who makes the cgroups; default cgroupfs"),
        Choice(Flag.Rootless, "rootless", "auto|true|false", All, "auto|false",
            "whether to go on when cgroups may not be changed; default auto"),
        Ignored(Flag.Criu, "criu", "", "FILE", Runc,
            "the path of the criu program",
            "criu is looked up in $PATH, as runc does since 1.2"),
        Switch(Flag.Version, "version", "v", Runc, Done,
            "print the version"),
        Switch(Flag.Version, "version", "vV", Dialects.Crun, Done,
            "print the version"),
        .. Common(),
    ];

    /// <summary>The flags that every command has.</summary>
    internal static FlagRow[] Common() =>
    [
        Switch(Flag.Help, "help", "h", Runc, Done,
            "print this help"),
        Switch(Flag.Help, "help", "?", Dialects.Crun, Done,
            "print this help"),
        Switch(Flag.Usage, "usage", "", Dialects.Crun, Done,
            "print a short usage message"),
    ];

    /// <summary>The flags of a command, <see cref="Common"/> not among them.</summary>
    internal static FlagRow[] Of(Command command) => command switch
    {
        Command.Run => Run(),
        Command.Create => Create(),
        Command.Kill => Kill(),
        Command.Delete => Delete(),
        Command.Exec => Exec(),
        Command.Update => Update(),
        Command.List => List(),
        Command.Ps => Ps(),
        Command.Events => Events(),
        Command.Checkpoint => Checkpoint(),
        Command.Restore => Restore(),
        Command.Spec => Spec(),
        Command.Man => Man(),
        Command.Logs => Logs(),
        Command.Attach => Attach(),
        _ => [],
    };

    private static FlagRow[] Create() =>
    [
        Bundle(Done),
        Value(Flag.Config, "config", "f", "FILE", Crun, Done,
            "read this file in place of the bundle's config.json"),
        ConsoleSocket(Done),
        PidfdSocket(Done),
        PidFile(Done),
        NoPivot(),
        NoNewKeyring(),
        PreserveFds(Done),
        Ignored(Flag.NoSubreaper, "no-subreaper", "", "", Dialects.Crun,
            "do not become a subreaper",
            "create does not stay to reap anything"),
        .. Shim(),
    ];

    private static FlagRow[] Run() =>
    [
        Bundle(Done),
        Value(Flag.Config, "config", "f", "FILE", Crun, Done,
            "read this file in place of the bundle's config.json"),
        ConsoleSocket(Done),
        PidfdSocket(Done),
        PidFile(Done),
        Detach(Done, "return as soon as the program runs"),
        Switch(Flag.Keep, "keep", "", All, Done,
            "leave the container in place when its program has ended"),
        NoPivot(),
        NoNewKeyring(),
        PreserveFds(Done),
        Switch(Flag.NoSubreaper, "no-subreaper", "", Runc, NotYet,
            "do not reap the container's orphans"),
        Ignored(Flag.NoSubreaper, "no-subreaper", "", "", Dialects.Crun,
            "do not become a subreaper",
            "crun ignores it too"),
        .. Shim(),
    ];

    private static FlagRow[] Kill() =>
    [
        Switch(Flag.All, "all", "a", All, Done,
            "signal every process of the container; no error when it has stopped"),
        Switch(Flag.Regex, "regex", "r", Crun, Done,
            "ID is a regular expression: signal every container it matches"),
    ];

    private static FlagRow[] Delete() =>
    [
        Switch(Flag.Force, "force", "f", All, Done,
            "kill it first if it runs; no error when there is no such container"),
        Switch(Flag.Regex, "regex", "r", Crun, Done,
            "ID is a regular expression: remove every container it matches"),
    ];

    private static FlagRow[] List() =>
    [
        Value(Flag.Format, "format", "f", "table|json", All, Done,
            "the form of the list; default table"),
        Switch(Flag.Quiet, "quiet", "q", All, Done,
            "print the ids only"),
    ];

    private static FlagRow[] Ps() =>
    [
        Value(Flag.Format, "format", "f", "table|json", All, Done,
            "the form of the list; default table, which is ps(1)'s"),
    ];

    private static FlagRow[] Events() =>
    [
        Value(Flag.Interval, "interval", "", "DURATION", Runc, Done,
            "the time between two statistics; default 5s"),
        Switch(Flag.Stats, "stats", "", Runc, Done,
            "print the statistics once and return"),
    ];

    private static FlagRow[] Spec() =>
    [
        Value(Flag.Bundle, "bundle", "b", "DIR", All, Done,
            "the directory to write config.json to; default this directory"),
        Value(Flag.File, "file", "f", "FILE", Crun, Done,
            "write to this file"),
        Switch(Flag.ForRootless, "rootless", "", All, Done,
            "for a container that is run without root"),
    ];

    private static FlagRow[] Man() =>
    [
        Switch(Flag.Pages, "pages", "", Dialects.Csrun, Done,
            "print the commands that have a page, one a line"),
    ];

    private static FlagRow[] Exec() =>
    [
        ConsoleSocket(Done),
        PidfdSocket(Done),
        Value(Flag.Cwd, "cwd", "", "PATH", All, Done,
            "the program's working directory in the container"),
        Value(Flag.Env, "env", "e", "NAME=VALUE", All, Done,
            "set a variable of its environment; may be repeated"),
        Switch(Flag.Tty, "tty", "t", Runc, Done,
            "give it a terminal"),
        Value(Flag.Tty, "tty", "t", "[TTY]", Dialects.Crun, Done,
            "give it a terminal"),
        Value(Flag.User, "user", "u", "UID[:GID]", All, Done,
            "the user and group it runs as, by number or by the container's names"),
        Value(Flag.AdditionalGids, "additional-gids", "g", "GID", Runc, Done,
            "a further group; may be repeated"),
        Value(Flag.Process, "process", "p", "FILE", All, Done,
            "take the whole process from a process.json"),
        Detach(Done, "return as soon as the program runs"),
        PidFile(Done),
        Value(Flag.ProcessLabel, "process-label", "", "LABEL", All, Done,
            "its SELinux label"),
        Value(Flag.Apparmor, "apparmor", "", "PROFILE", All, Done,
            "its AppArmor profile"),
        Switch(Flag.NoNewPrivs, "no-new-privs", "", All, Done,
            "let it gain no privileges by execve"),
        Value(Flag.Cap, "cap", "c", "CAP", All, Done,
            "add a capability; may be repeated"),
        PreserveFds(Done),
        Value(Flag.Cgroup, "cgroup", "", "[CONTROLLER:]PATH", All, Done,
            "a cgroup below the container's to put it in"),
        Switch(Flag.IgnorePaused, "ignore-paused", "", Runc, Done,
            "also when the container is paused: the program waits for resume"),
    ];

    private static FlagRow Bundle(Support support) =>
        Value(Flag.Bundle, "bundle", "b", "DIR", All, support,
            "the bundle: a directory with config.json; default this directory");

    private static FlagRow ConsoleSocket(Support support) =>
        Value(Flag.ConsoleSocket, "console-socket", "", "SOCKET", All, support,
            "send the terminal's other end over this UNIX socket");

    private static FlagRow PidfdSocket(Support support) =>
        Value(Flag.PidfdSocket, "pidfd-socket", "", "SOCKET", Runc, support,
            "send a pidfd of the program over this UNIX socket");

    private static FlagRow PidFile(Support support) =>
        Value(Flag.PidFile, "pid-file", "", "FILE", All, support,
            "write the pid of the container's program to FILE");

    private static FlagRow NoPivot() =>
        Switch(Flag.NoPivot, "no-pivot", "", All, Done,
            "change the root without pivot_root, for a rootfs on a ramdisk");

    private static FlagRow NoNewKeyring() =>
        Switch(Flag.NoNewKeyring, "no-new-keyring", "", All, Done,
            "share the caller's session keyring");

    private static FlagRow PreserveFds(Support support) =>
        Value(Flag.PreserveFds, "preserve-fds", "", "N", All, support,
            "pass N descriptors on besides the first three and those of $LISTEN_FDS");

    private static FlagRow Detach(Support support, string help) =>
        Switch(Flag.Detach, "detach", "d", All, support, help);

    private static FlagRow Switch(
        Flag flag, string name, string letters, Dialects dialects, Support support, string help) =>
        new(flag, name, letters, "", dialects, support, help, "");

    private static FlagRow Value(
        Flag flag, string name, string letters, string word, Dialects dialects, Support support, string help) =>
        new(flag, name, letters, word, dialects, support, help, "");

    private static FlagRow Choice(Flag flag, string name, string words, Dialects dialects, string done, string help) =>
        new(flag, name, "", words, dialects, Done, help, done);

    private static FlagRow Ignored(
        Flag flag, string name, string letters, string word, Dialects dialects, string help, string reason) =>
        new(flag, name, letters, word, dialects, Support.Ignored, help, reason);
}

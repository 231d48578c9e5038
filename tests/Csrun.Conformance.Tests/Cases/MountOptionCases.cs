using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>The table of mount options: each by what the container's mountinfo shows, or by its effect.</summary>
public sealed class MountOptionCases : CaseTest
{
    private const string Options = "awk '$5 == \"/mnt\" { print $6 }' /proc/self/mountinfo";
    private const string SubOptions = "awk '$5 == \"/mnt/sub\" { print $6 }' /proc/self/mountinfo";
    private const string Super = "awk '$5 == \"/mnt\" { print $NF }' /proc/self/mountinfo";

    // The optional fields of both mounts: "shared: / shared:", without numbers.
    private const string Tags = "for m in /mnt /mnt/sub; do awk -v m=$m '$5 == m { for (i = 7; $i != \"-\"; i++) "
        + "printf \"%s \", $i; print \"/\" }' /proc/self/mountinfo; done | tr -d 0-9";

    private static readonly Case[] s_cases =
    [
        Tmpfs("CFG-MOPT-01", "sync,async", Super, Without("sync"), "async,sync"),
        Tmpfs("CFG-MOPT-02", "noatime,atime", Options, Without("noatime"), "noatime"),
        Source("CFG-MOPT-03", "bind", "ls -d /mnt/sub; ls /mnt/sub", "/mnt/sub", "rbind"),
        Tmpfs("CFG-MOPT-04", "defaults", Options, "rw,relatime", "defaults,ro"),
        Source("CFG-MOPT-04", "bind,defaults", "ls -d /mnt/sub; ls /mnt/sub", "/mnt/sub", "rbind,defaults"),
        Tmpfs("CFG-MOPT-05", "nodev,dev", Options, Without("nodev"), "nodev"),
        Tmpfs("CFG-MOPT-06", "nodiratime,diratime", Options, Without("nodiratime"), "nodiratime"),
        Tmpfs("CFG-MOPT-07", "dirsync", Super, With("dirsync"), ""),
        Tmpfs("CFG-MOPT-08", "noexec,exec", "cp /bin/busybox /mnt/echo; /mnt/echo runs", "runs", "noexec"),
        Tmpfs("CFG-MOPT-09", "iversion", "echo runs", "runs", "iversions"),
        Tmpfs("CFG-MOPT-10", "lazytime", Super, With("lazytime"), ""),
        Tmpfs("CFG-MOPT-11", "silent,loud", "echo runs", "runs", "silent,louder"),
        Tmpfs("CFG-MOPT-12", "mand", "echo runs", "runs", "mandatory"),
        Tmpfs("CFG-MOPT-13", "noatime", Options, With("noatime"), ""),
        Tmpfs("CFG-MOPT-14", "nodev", Options, With("nodev"), ""),
        Tmpfs("CFG-MOPT-15", "nodiratime", Options, With("nodiratime"), ""),
        Tmpfs("CFG-MOPT-16", "noexec", "cp /bin/busybox /mnt/echo; /mnt/echo runs 2>&1; " + Options,
            "~Permission denied\nrw,noexec", ""),
        Tmpfs("CFG-MOPT-17", "iversion,noiversion", "echo runs", "runs", "noiversions"),
        Tmpfs("CFG-MOPT-18", "lazytime,nolazytime", Super, Without("lazytime"), "lazytime"),
        Tmpfs("CFG-MOPT-19", "nomand", "echo runs", "runs", "nomandatory"),
        Tmpfs("CFG-MOPT-20", "norelatime", Options, With("relatime"), "norelatime,noatime"),
        Tmpfs("CFG-MOPT-21", "strictatime,nostrictatime", Options, With("relatime"), "strictatime"),
        Tmpfs("CFG-MOPT-22", "nosuid", Options, With("nosuid"), ""),
        Tmpfs("CFG-MOPT-23", "nosymfollow", Follow, "Too many levels of symbolic links", ""),
        Shared("CFG-MOPT-24", "rbind,private", Tags + " | head -1", "/", "rbind,shared"),
        Sub("CFG-MOPT-25", "noatime", "ratime", Without("noatime"), "rnoatime"),
        Source("CFG-MOPT-26", "rbind", "ls /mnt/sub", "file", "bind"),
        Sub("CFG-MOPT-27", "nodev", "rdev", Without("nodev"), "nodev"),
        Sub("CFG-MOPT-28", "nodiratime", "rdiratime", Without("nodiratime"), "nodiratime"),
        Tmpfs("CFG-MOPT-29", "noatime,relatime", Options, "rw,relatime", "noatime"),
        Mounts("CFG-MOPT-30", "remount", Mnt("rw") + " ; " + Mnt("remount,ro,nosuid"),
            "touch /mnt/x 2>&1; " + Options, "~Read-only file system\nro,nosuid", Mnt("rw")),
        Sub("CFG-MOPT-31", "noexec", "rexec", Without("noexec"), "noexec"),
        Sub("CFG-MOPT-32", "rw", "rnoatime", With("noatime"), "noatime"),
        Sub("CFG-MOPT-33", "rw", "rnodiratime", With("nodiratime"), "nodiratime"),
        Sub("CFG-MOPT-34", "rw", "rnoexec", With("noexec"), "noexec"),
        Sub("CFG-MOPT-35", "rw", "rnorelatime", With("rw"), "rnorelatimes,rro"),
        Sub("CFG-MOPT-36", "strictatime", "rnostrictatime", With("relatime"), "rstrictatime"),
        Sub("CFG-MOPT-37", "rw", "rnosuid", With("nosuid"), "nosuid"),
        Sub("CFG-MOPT-38", "rw", "rnosymfollow", With("nosymfollow"), "rsymfollow"),
        Sub("CFG-MOPT-39", "rw", "ro", With("rw"), "rro"),
        Source("CFG-MOPT-39", "bind,ro", "touch /mnt/x 2>&1 || true", "touch: /mnt/x: Read-only file system", "bind"),
        Shared("CFG-MOPT-40", "rbind,rprivate", Tags, "/\n/", "rbind,private"),
        Sub("CFG-MOPT-41", "noatime", "rrelatime", With("relatime"), "rnoatime"),
        Source("CFG-MOPT-42", "rbind,rro", "touch /mnt/sub/x 2>&1 || true", "touch: /mnt/sub/x: Read-only file system",
            "rbind,ro"),
        Sub("CFG-MOPT-43", "ro", "rrw", With("rw"), "rw"),
        Source("CFG-MOPT-44", "rbind,rshared", Tags, "shared: /\nshared: /", "rbind,shared"),
        Shared("CFG-MOPT-45", "rbind,rslave", Tags, "master: /\nmaster: /", "rbind,rprivate"),
        Sub("CFG-MOPT-46", "noatime", "rstrictatime", "~^(?!.*(relatime|noatime))rw", "rnoatime"),
        Sub("CFG-MOPT-47", "nosuid", "rsuid", Without("nosuid"), "rnosuid"),
        Sub("CFG-MOPT-48", "nosymfollow", "rsymfollow", Without("nosymfollow"), "rnosymfollow"),
        Source("CFG-MOPT-49", "rbind,runbindable", Tags, "unbindable /\nunbindable /", "rbind,unbindable"),
        Tmpfs("CFG-MOPT-50", "rw", "touch /mnt/x && echo made", "made", "ro"),
        Tmpfs("CFG-MOPT-51", "shared", Tags, "shared: /", "private"),
        Tmpfs("CFG-MOPT-52", "silent", "echo runs", "runs", "silents"),
        Shared("CFG-MOPT-53", "rbind,slave", Tags + " | head -1", "master: /", "rbind,private"),
        Tmpfs("CFG-MOPT-54", "strictatime", Options, "~^(?!.*(relatime|noatime))rw", "relatime"),
        Tmpfs("CFG-MOPT-55", "nosuid,suid", Options, Without("nosuid"), "nosuid"),
        Tmpfs("CFG-MOPT-56", "nosymfollow,symfollow", Follow, "followed", "nosymfollow"),
        Tmpfs("CFG-MOPT-57", "sync", Super, With("sync"), ""),
        Tmpfs("CFG-MOPT-58", "tmpcopyup", "cat /mnt/kept; touch /mnt/x && echo written", "kept\nwritten", "")
            with { Host = "mkdir -p $R/mnt; echo kept >$R/mnt/kept", Undo = "[ ! -e $R/mnt/x ] || touch $C/spoilt" },
        Tmpfs("CFG-MOPT-59", "unbindable", Tags, "unbindable /", "private"),
        Sub("CFG-MOPT-69", "rw", "rnoatime,rnosuid", "~nosuid.*noatime", "noatime,nosuid"),
        Sub("CFG-MOPT-71", "rw", "rnodev", With("nodev"), "nodev"),
        Tmpfs("CFG-MOPT-72", "ro,rw,noexec,exec,nosuid,suid", Options, "rw,relatime", "rw,ro,exec,noexec,suid,nosuid"),
        Tmpfs("CFG-MOPT-73", "shared,unbindable", Tags, "unbindable /", "unbindable,shared"),
    ];

    // A link on the mount itself, made before it is followed.
    private const string Follow =
        "echo followed >/mnt/file; ln -s file /mnt/link; cat /mnt/link 2>&1 | sed 's/.*: //'";

    private const string HostSource = """
        mkdir -p $W/source; mount -t tmpfs x $W/source; mkdir $W/source/sub; mount -t tmpfs x $W/source/sub
        touch $W/source/sub/file
        """;

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static string With(string option) => $"~(^|,){option}(,|$)";

    private static string Without(string option) => $"~^(?!.*(^|,){option}(,|$))r";

    private static string List(string options) =>
        string.Join(',', options.Split(',', System.StringSplitOptions.RemoveEmptyEntries).Select(name => $"'{name}'"));

    private static string Mnt(string options, string source = "x") =>
        $"mounts+={{'destination':'/mnt','type':'tmpfs','source':'{source}','options':[{List(options)}]}}";

    private static Case Mounts(string id, string what, string set, string script, string sees, string broken) =>
        Case.Inside(id, what, set, script, sees, broken);

    /// <summary>A tmpfs with these options.</summary>
    private static Case Tmpfs(string id, string options, string script, string sees, string broken) =>
        Mounts(id, options + " on a tmpfs", Mnt(options), script, sees, Mnt(broken));

    /// <summary>A bind mount of a directory that has another file system at sub.</summary>
    private static Case Source(string id, string options, string script, string sees, string broken)
    {
        Case entry = Mounts(id, options, Mnt(options, "$W/source"), script, sees, Mnt(broken, "$W/source"));
        return entry with { Host = HostSource, Undo = "umount -R $W/source" };
    }

    /// <summary>The same where the host shares both.</summary>
    private static Case Shared(string id, string options, string script, string sees, string broken) =>
        Source(id, options, script, sees, broken) with { Host = HostSource + "\nmount --make-rshared $W/source" };

    /// <summary>The options at sub, which the host mounted with some of its own.</summary>
    private static Case Sub(string id, string own, string option, string sees, string broken) =>
        Source(id, "rbind," + option, SubOptions, sees, "rbind," + broken) with
        {
            Host = HostSource + "\nmount -o remount,bind," + own + " $W/source/sub",
        };
}

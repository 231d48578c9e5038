namespace Csrun.Conformance.Tests;

/// <summary>hooks: what they are given, where and when they run.</summary>
public sealed class HookCases : CaseTest
{
    private const string MarksMount = "mounts+={'destination':'/marks','source':'$W','options':['bind']} ; ";

    // A program on the host alone: it takes its state, and says what it saw in the file that is its first argument.
    private const string HostHook = """
        cat >$W/hook <<'END'
        #!/bin/sh
        state=$(cat); pid=$(echo "$state" | sed 's/.*"pid" *: *\([0-9]*\).*/\1/')
        for n in mnt uts ipc net cgroup; do readlink /proc/self/ns/$n; done >$1.ns
        readlink /proc/$pid/ns/net >$1.net; readlink /proc/$pid/root >$1.root
        cat /proc/$pid/mountinfo >$1.mounts 2>/dev/null; cat /proc/self/mountinfo >$1.own
        END
        chmod 755 $W/hook; mkdir -p $R/only; cp $W/hook $R/only/inside
        """;

    private const string SameAsCaller =
        "for n in mnt uts ipc net cgroup; do readlink /proc/self/ns/$n; done | diff - $W/mark.ns && echo same";

    private const string SameAsContainer =
        "for n in mnt uts ipc net cgroup; do readlink /proc/$PID/ns/$n; done | diff - $W/mark.ns && echo same";

    private const string BeforePivot = "grep -c \" $R/proc \" $W/mark.mounts; cat $W/mark.root; "
        + "[ $(cat $W/mark.net) = $(readlink /proc/self/ns/net) ] || echo own";

    private static readonly Case[] s_cases =
    [
        Case.Life("CFG-HOOK-01", "empty lists", "hooks={'prestart':[],'createRuntime':[],'poststop':[]}", "echo fine",
            "fine",
            "hooks=5"),
        Runs("CFG-HOOK-02", "prestart"),
        Runs("CFG-HOOK-03", "createRuntime"),
        Runs("CFG-HOOK-04", "createContainer"),
        Runs("CFG-HOOK-05", "startContainer"),
        Runs("CFG-HOOK-06", "poststart"),
        Runs("CFG-HOOK-07", "poststop"),
        Case.Refused("CFG-HOOK-08", "no path", "hooks={'prestart':[{'args':['true']}]}",
            "hooks={'prestart':[{'path':'/bin/true'}]}", "hooks.prestart[0].path"),
        Case.Refused("CFG-HOOK-09", "a path that is not absolute", "hooks={'createRuntime':[{'path':'true'}]}",
            "hooks={'createRuntime':[{'path':'/bin/true'}]}", "hooks.createRuntime[0].path"),
        Case.Life("CFG-HOOK-10", "the arguments, the first one too",
            "hooks={'prestart':[{'path':'/bin/sh','args':['zero','-c','cat /proc/$$/cmdline >$W/mark']}]}",
            "tr '\\0' ' ' <$W/mark | cut -d' ' -f1,2", "zero -c",
            "hooks={'prestart':[{'path':'/bin/sh','args':['one','-c','cat /proc/$$/cmdline >$W/mark']}]}"),
        Case.Life("CFG-HOOK-10", "its path where there are none", "hooks={'prestart':[{'path':'$W/argument'}]}",
            "cat $W/mark", "argument 0", "hooks={'prestart':[{'path':'$W/argument','args':['x','y']}]}")
            with { Host = "printf '#!/bin/sh\\necho ${0##*/} $# >%s/mark\\n' $W >$W/argument; chmod 755 $W/argument" },
        Case.Life("CFG-HOOK-11", "the environment that is given, and no other", Environment(",'env':['A=1']"), Seen,
            "A=1",
            Environment(",'env':['A=2']")) with { Via = "export OF_CALLER=1" },
        Case.Life("CFG-HOOK-11", "an empty environment", Environment(",'env':[]"), Seen + " | wc -l", "0",
            Environment(",'env':['A=2']")) with { Via = "export OF_CALLER=1" },
        Case.Life("CFG-HOOK-11", "the runtime's where none is given", Environment(""), "grep OF_CALLER $W/mark",
            "OF_CALLER=1",
            Environment(",'env':[]")) with { Via = "export OF_CALLER=1" },
        Case.Refused("CFG-HOOK-12", "a hook that takes longer than its timeout",
            "hooks={'prestart':[{'path':'/bin/sleep','args':['sleep','20'],'timeout':1}]}",
            "hooks={'prestart':[{'path':'/bin/sleep','args':['sleep','0.01'],'timeout':60}]}", "prestart hook"),
        Case.Refused("CFG-HOOK-13", "a timeout of 0", "hooks={'prestart':[{'path':'/bin/true','timeout':0}]}",
            "hooks={'prestart':[{'path':'/bin/true','timeout':60}]}", "hooks.prestart[0].timeout"),
        Case.Refused("CFG-HOOK-13", "a timeout of -1", "hooks={'poststop':[{'path':'/bin/true','timeout':-1}]}",
            "hooks={'poststop':[{'path':'/bin/true','timeout':1}]}", "hooks.poststop[0].timeout"),
        OfRuntime("CFG-HOOK-14 CFG-HOOK-15", "prestart"),
        OfRuntime("CFG-HOOK-14 CFG-HOOK-15", "createRuntime"),
        OfRuntime("CFG-HOOK-20 CFG-HOOK-21", "poststart"),
        OfRuntime("CFG-HOOK-22 CFG-HOOK-23", "poststop"),
        Case.Outside("CFG-HOOK-16 CFG-HOOK-17", "createContainer: the host's program, the container's namespaces",
            At("createContainer", "$W/hook", "$W/mark"), SameAsContainer, "same",
            At("createContainer", "/only/inside", "$W/mark")) with { Host = HostHook },
        Case.Exec("CFG-HOOK-18 CFG-HOOK-19", "startContainer: the container's program, its namespaces",
            "root.readonly=false ; " + MarksMount + At("startContainer", "/only/inside", "/marks/mark"),
            "for n in mnt uts ipc net cgroup; do readlink /proc/1/ns/$n; done >/tmp/ns; "
            + "diff /tmp/ns /marks/mark.ns && echo same",
            "same", "root.readonly=false ; " + MarksMount + At("startContainer", "$W/hook", "/marks/mark"))
            with { Host = HostHook + "\nchmod 777 $R/tmp" },
        Case.Life("CFG-HOOK-24", "in the order of the list",
            Hook("prestart", "echo 1 >>$W/mark") + " ; " + Hook("prestart", "echo 2 >>$W/mark"), "cat $W/mark", "1\n2",
            Hook("prestart", "echo 2 >>$W/mark") + " ; " + Hook("prestart", "echo 1 >>$W/mark")),
        Case.Life("CFG-HOOK-25", "the state of the moment on stdin",
            MarksMount + Hook("prestart", "cat >$W/1") + " ; " + Hook("createRuntime", "cat >$W/2") + " ; "
            + Hook("createContainer", "cat >$W/3") + " ; " + Hook("startContainer", "cat >/marks/4") + " ; "
            + Hook("poststart", "cat >$W/5") + " ; " + Hook("poststop", "cat >$W/6"),
            "for i in 1 2 3 4 5 6; do tr -d '\\n' <$W/$i | "
            + "sed 's/.*\"status\" *: *\"\\([a-z]*\\)\".*/\\1/'; echo; done",
            "creating\ncreating\ncreating\ncreated\nrunning\nstopped"),
        Case.Life("CFG-HOOK-26 CFG-HOOK-29", "prestart: all is there, and the root not entered",
            At("prestart", "$W/hook", "$W/mark"), BeforePivot, "1\n/\nown", At("poststart", "$W/hook", "$W/mark"))
            with { Host = HostHook },
        Case.Life("CFG-HOOK-28 CFG-HOOK-29", "createRuntime: all is there, and the root not entered",
            At("createRuntime", "$W/hook", "$W/mark"), BeforePivot, "1\n/\nown", At("poststart", "$W/hook", "$W/mark"))
            with { Host = HostHook },
        Case.Life("CFG-HOOK-30 CFG-HOOK-32", "createContainer: all is there, and the root not entered",
            At("createContainer", "$W/hook", "$W/mark"), "grep -c \" $R/proc \" $W/mark.own", "1",
            At("createRuntime", "$W/hook", "$W/mark")) with { Host = HostHook },
        Case.Life("CFG-HOOK-27 CFG-HOOK-31 CFG-HOOK-33",
            "prestart, createRuntime, createContainer, startContainer, program",
            MarksMount + "process.args=['/bin/sh','-c','echo program >>/marks/mark'] ; "
            + Hook("startContainer", "echo 4 >>/marks/mark") + " ; " + Hook("createContainer", "echo 3 >>$W/mark")
            + " ; "
            + Hook("createRuntime", "echo 2 >>$W/mark") + " ; " + Hook("prestart", "echo 1 >>$W/mark"),
            "cat $W/mark", "1\n2\n3\n4\nprogram"),
        Case.Life("CFG-HOOK-37", "in the bundle's directory", Hook("prestart", "pwd >$W/mark"),
            "[ $(cat $W/mark) = $B ] && echo bundle", "bundle") with { Via = "cd /" },
        Case.Inside("CFG-HOOK-37", "what a hook prints is not the container's",
            Hook("prestart", "echo noise") + " ; " + Hook("createContainer", "echo noise"), "echo own", "own",
            Hook("prestart", "exit 1")),
    ];

    private const string Seen = "grep -vE '^(PWD|SHLVL|_)=' $W/mark";

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static string Hook(string kind, string script) =>
        $"hooks.{kind}+={{'path':'/bin/sh','args':['sh','-c','{script}']}}";

    private static string At(string kind, string program, string mark) =>
        $"hooks.{kind}+={{'path':'{program}','args':['hook','{mark}']}}";

    private static string Environment(string member) =>
        $"hooks.prestart+={{'path':'/bin/sh','args':['sh','-c','exec /usr/bin/env >$W/mark']{member}}}";

    private static Case Runs(string id, string kind)
    {
        string mark = kind == "startContainer" ? "/marks" : "$W";
        return Case.Life(id, kind, MarksMount + Hook(kind, $"echo ran >{mark}/mark"), "cat $W/mark", "ran");
    }

    private static Case OfRuntime(string ids, string kind)
    {
        Case entry = Case.Life(ids, kind + ": the host's program, the caller's namespaces", At(kind, "$W/hook",
        "$W/mark"),
            SameAsCaller, "same", At("createContainer", "$W/hook", "$W/mark"));
        return entry with { Host = HostHook };
    }
}

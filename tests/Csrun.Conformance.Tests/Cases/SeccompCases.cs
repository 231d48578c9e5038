namespace Csrun.Conformance.Tests;

/// <summary>linux.seccomp: what system calls return.</summary>
public sealed class SeccompCases : CaseTest
{
    // call getpriority(PRIO_PROCESS, 0) is 20 where nobody forbids it; with another who it is ESRCH, -3.
    private const string Call = "/bin/call 140 0 0";
    private const string CallOfNobody = "/bin/call 140 0 99999";
    private const string Died = "/bin/call 140 0 0 2>/dev/null; echo $?";

    // What a static program and a runtime's last steps need.
    private const string Needed =
        "'access','arch_prctl','brk','capget','capset','chdir','clone','close','dup3','epoll_ctl',"
        + "'epoll_pwait','execve','exit','exit_group','faccessat','faccessat2','fchdir','fcntl','fstat',"
        + "'fstatfs','futex','getcwd','getdents64','getpid','getppid','getrandom','gettid','getuid',"
        + "'ioctl','lseek','lstat','madvise','mmap','mprotect','munmap','nanosleep','newfstatat','open',"
        + "'openat','pipe2','prctl','prlimit64','pread64','read','readlink','readlinkat','rseq',"
        + "'rt_sigaction','rt_sigprocmask','rt_sigreturn','sched_getaffinity','sched_yield','set_robust_list',"
        + "'set_tid_address','setgid','setgroups','setuid','sigaltstack','stat','tgkill','write','writev'";

    private static readonly Case[] s_cases =
    [
        Case.Inside("LNX-SEC-01", "a filter is loaded", Rules("getpriority", "ERRNO"),
            "grep -E 'Seccomp:' /proc/self/status | cut -f2", "2"),
        Case.Refused("LNX-SEC-03", "no default action", "linux.seccomp={'syscalls':[]}",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW'}", "linux.seccomp.defaultAction"),
        Case.Refused("LNX-SEC-02 LNX-SEC-03", "a default action that nobody knows",
            "linux.seccomp={'defaultAction':'SCMP_ACT_FOO'}", "linux.seccomp={'defaultAction':'SCMP_ACT_LOG'}",
            "linux.seccomp.defaultAction"),
        Listed("LNX-SEC-04", "the errno of the default action", ",'defaultErrnoRet':99", "-99"),
        Listed("LNX-SEC-06", "EPERM where none is given", "", "-1", ",'defaultErrnoRet':99"),
        Case.Refused("LNX-SEC-05", "an errno of a default action that has none",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','defaultErrnoRet':1}",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW'}", "linux.seccomp.defaultErrnoRet"),
        Calls("LNX-SEC-07", "a listed architecture is filtered too",
            Rules("getpriority", "ERRNO", more: ",'architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_X86']"),
                "/bin/call 32 96 0 0",
            "-1",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_X86']}"),
        Calls("LNX-SEC-07", "an architecture that is not listed is killed",
            Rules("getpriority", "ERRNO", more: ",'architectures':['SCMP_ARCH_X86_64']"),
            "/bin/call 32 96 0 0 2>/dev/null; echo $?", "159",
            Rules("getpriority", "ERRNO", more: ",'architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_X86']")),
        Case.Refused("LNX-SEC-07", "an architecture that nobody knows",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_FOO']}",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_X32']}",
            "linux.seccomp.architectures[0]"),
        Calls("LNX-SEC-08", "flags", Rules("getpriority", "ERRNO",
            more: ",'flags':['SECCOMP_FILTER_FLAG_LOG','SECCOMP_FILTER_FLAG_SPEC_ALLOW']"), Call, "-1"),
        Case.Refused("LNX-SEC-08", "a flag that nobody knows",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_FOO']}",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_LOG']}",
            "linux.seccomp.flags[0]"),
        Calls("LNX-SEC-15", "a listener's path means nothing without NOTIFY",
            Rules("getpriority", "ERRNO", more: ",'listenerPath':'/nowhere'"), Call, "-1"),
        Case.Refused("LNX-SEC-14", "NOTIFY without a listener", Rules("getpriority", "NOTIFY",
            more: ",'listenerPath':'/nowhere'"),
            Rules("getpriority", "ERRNO", more: ",'listenerPath':'/nowhere'"), "linux.seccomp.listenerPath"),
        Case.Refused("LNX-SEC-18", "metadata for no listener",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'x'}",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'x','listenerPath':'/nowhere'}",
            "linux.seccomp.listenerMetadata"),
        Case.Inside("LNX-SEC-19", "no rules at all", "linux.seccomp={'defaultAction':'SCMP_ACT_LOG'}",
            "grep -E 'Seccomp:' /proc/self/status | cut -f2", "2"),
        Case.Refused("LNX-SEC-20", "no names",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'action':'SCMP_ACT_ERRNO'}]}",
            Rules("getpriority", "ERRNO"), "linux.seccomp.syscalls[0].names"),
        Calls("LNX-SEC-20", "a name that nobody knows is passed over", Rules("nosuchcall','getpriority", "ERRNO"),
            Call, "-1"),
        Case.Refused("LNX-SEC-21", "an empty list of names",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':[],'action':'SCMP_ACT_ERRNO'}]}",
            Rules("getpriority", "ERRNO"), "linux.seccomp.syscalls[0].names"),
        Case.Refused("LNX-SEC-22", "an action that nobody knows", Rules("getpriority", "FOO"), Rules("getpriority",
            "LOG"),
            "linux.seccomp.syscalls[0].action"),
        Case.Refused("LNX-SEC-22", "no action",
            "linux.seccomp={'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['getpriority']}]}",
            Rules("getpriority", "LOG"), "linux.seccomp.syscalls[0].action"),
        Calls("LNX-SEC-22", "KILL", Rules("getpriority", "KILL"), Died, "159"),
        Calls("LNX-SEC-22", "KILL_THREAD", Rules("getpriority", "KILL_THREAD"), Died, "159"),
        Calls("LNX-SEC-22", "KILL_PROCESS", Rules("getpriority", "KILL_PROCESS"), Died, "159"),
        Calls("LNX-SEC-22", "TRAP", Rules("getpriority", "TRAP"), Died, "159"),
        Calls("LNX-SEC-22", "ERRNO", Rules("getpriority", "ERRNO"), Call, "-1"),
        Calls("LNX-SEC-22", "TRACE without a tracer", Rules("getpriority", "TRACE"), Call, "-38"),
        Calls("LNX-SEC-22", "ALLOW", Rules("getpriority", "ALLOW", other: "LOG"), Call, "20", Rules("getpriority",
            "ERRNO")),
        Calls("LNX-SEC-22", "LOG", Rules("getpriority", "LOG"), Call, "20", Rules("getpriority", "ERRNO")),
        Calls("LNX-SEC-23", "the errno of a rule", Rules("getpriority", "ERRNO", ",'errnoRet':77"), Call, "-77"),
        Calls("LNX-SEC-25", "EPERM where none is given", Rules("getpriority", "ERRNO"), Call, "-1",
            Rules("getpriority", "ERRNO", ",'errnoRet':77")),
        Case.Refused("LNX-SEC-24", "an errno of an action that has none", Rules("getpriority", "LOG", ",'errnoRet':1"),
            Rules("getpriority", "LOG"), "linux.seccomp.syscalls[0].errnoRet"),
        Calls("LNX-SEC-26", "all conditions must hold",
            Args("{'index':0,'value':0,'op':'SCMP_CMP_EQ'},{'index':1,'value':99999,'op':'SCMP_CMP_EQ'}"),
            Call + "; " + CallOfNobody, "20\n-1", Args("{'index':0,'value':0,'op':'SCMP_CMP_EQ'}")),
        Case.Refused("LNX-SEC-27", "a seventh argument", Args("{'index':6,'value':0,'op':'SCMP_CMP_EQ'}"),
            Args("{'index':5,'value':0,'op':'SCMP_CMP_EQ'}"), "linux.seccomp.syscalls[0].args[0].index"),
        Calls("LNX-SEC-27", "the argument that the index names", Args("{'index':2,'value':7,'op':'SCMP_CMP_EQ'}"),
            "/bin/call 140 0 0 7; /bin/call 140 0 7 0", "-1\n-3", Args("{'index':1,'value':7,'op':'SCMP_CMP_EQ'}")),
        Case.Refused("LNX-SEC-28", "no value", Args("{'index':0,'op':'SCMP_CMP_EQ'}"),
            Args("{'index':0,'value':0,'op':'SCMP_CMP_EQ'}"), "linux.seccomp.syscalls[0].args[0].value"),
        Case.Refused("LNX-SEC-30", "no operator", Args("{'index':0,'value':0}"),
            Args("{'index':0,'value':0,'op':'SCMP_CMP_EQ'}"), "linux.seccomp.syscalls[0].args[0].op"),
        Case.Refused("LNX-SEC-30", "an operator that nobody knows", Args("{'index':0,'value':0,'op':'SCMP_CMP_X'}"),
            Args("{'index':0,'value':0,'op':'SCMP_CMP_EQ'}"), "linux.seccomp.syscalls[0].args[0].op"),
        Compared("NE", "-1 20 -1"),
        Compared("LT", "-1 20 20"),
        Compared("LE", "-1 -1 20"),
        Compared("EQ", "20 -1 20"),
        Compared("GE", "20 -1 -1"),
        Compared("GT", "20 20 -1"),
        Calls("LNX-SEC-28 LNX-SEC-30", "64 bits, unsigned",
            Args("{'index':2,'value':18446744069414584321,'op':'SCMP_CMP_GE'}"),
            "for n in 18446744069414584321 18446744069414584320 4294967295; do /bin/call 140 0 0 $n; done",
            "-1\n20\n20", Args("{'index':2,'value':1,'op':'SCMP_CMP_GE'}")),
        Calls("LNX-SEC-29 LNX-SEC-30", "masked and equal to the second value",
            Args("{'index':2,'value':240,'valueTwo':32,'op':'SCMP_CMP_MASKED_EQ'}"),
            "/bin/call 140 0 0 37; /bin/call 140 0 0 48", "-1\n20",
            Args("{'index':2,'value':240,'op':'SCMP_CMP_MASKED_EQ'}")),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static string Rules(string name, string action, string rule = "", string more = "",
        string other = "ALLOW") =>
        $"linux.seccomp={{'defaultAction':'SCMP_ACT_{other}'{more},"
        + $"'syscalls':[{{'names':['{name}'],'action':'SCMP_ACT_{action}'{rule}}}]}}";

    private static string Args(string args) => Rules("getpriority", "ERRNO", $",'args':[{args}]");

    private static Case Calls(string ids, string what, string set, string script, string sees, string broken = "") =>
        Case.Inside(ids, what, set, script, sees, broken) with { Host = "cp $T/call $R/bin/" };

    /// <summary>A profile that lists what is allowed.</summary>
    private static Case Listed(string ids, string what, string more, string sees, string broken = "")
    {
        string Profile(string members) => $"process.args=['/bin/call','140','0','0'] ; linux.seccomp="
            + $"{{'defaultAction':'SCMP_ACT_ERRNO'{members},"
            + $"'syscalls':[{{'names':[{Needed}],'action':'SCMP_ACT_ALLOW'}}]}}";
        return Calls(ids, what, Profile(more), "", sees, Profile(broken + (broken.Length == 0 ? ",'defaultErrnoRet':98"
        : "")));
    }

    /// <summary>The third argument, which the call does not have, below, at and above 7.</summary>
    private static Case Compared(string op, string sees) =>
        Calls("LNX-SEC-30", op, Args($"{{'index':2,'value':7,'op':'SCMP_CMP_{op}'}}"),
            "for n in 6 7 8; do /bin/call 140 0 0 $n; done | tr '\\n' ' ' | sed 's/ $//'", sees);
}

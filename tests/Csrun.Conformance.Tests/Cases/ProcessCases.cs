namespace Csrun.Conformance.Tests;

/// <summary>process but for its user, capabilities and limits; hostname and domainname.</summary>
public sealed class ProcessCases : CaseTest
{
    private const string Affinity = "grep Cpus_allowed_list /proc/self/status | cut -f2";

    private static readonly Case[] s_cases =
    [
        Case.Inside("CFG-PROC-03", "no terminal where none is asked for", "process.terminal-",
            "[ -t 0 ] || [ -t 1 ] || echo none", "none", "process.terminal=true"),
        Case.Inside("CFG-PROC-06", "a size without a terminal is ignored",
            "process.consoleSize={'height':10,'width':20}", "echo runs", "runs", "process.consoleSize=1"),
        Case.Inside("CFG-PROC-09", "the working directory", "process.cwd='/tmp'", "pwd", "/tmp"),
        Case.Refused("CFG-PROC-09", "no working directory", "process.cwd-", "", "process.cwd"),
        Case.Refused("CFG-PROC-10", "a working directory that is not absolute", "process.cwd='tmp'",
            "process.cwd='/tmp'", "process.cwd"),
        Case.Inside("CFG-PROC-11", "a working directory that is not there is made",
            "root.readonly=false ; process.cwd='/new/dir'", "pwd; stat -c %a /new/dir", "/new/dir\n755",
            "root.readonly=false ; process.cwd='/tmp'"),
        Case.Refused("CFG-PROC-11", "a working directory of the host", "process.cwd='/proc/self/fd/7/..'",
            "process.cwd='/proc/self'") with { AtStart = true },
        Case.Inside("CFG-PROC-12", "the environment and nothing of the runtime's own",
            "process.env=['A=1','B=x=y'] ; process.args=['/bin/env']", "", "A=1\nB=x=y\nHOME=/root",
            "process.args=['/bin/env']") with { Via = "export LEAK=1" },
        Case.Inside("CFG-PROC-13", "the last of two entries with a name",
            "process.env=['A=1','A=2','HOME=/x'] ; process.args=['/bin/env']", "", "~^(A=2\nHOME=/x|HOME=/x\nA=2)$",
            "process.env=['A=2','A=1','HOME=/x'] ; process.args=['/bin/env']"),
        Case.Inside("CFG-PROC-13", "HOME from the container's passwd", "process.user.uid=1000", "echo $HOME", "/home"),
        Case.Inside("CFG-PROC-13", "HOME is / for an unknown user", "process.user.uid=4321", "echo $HOME", "/"),
        Case.Refused("CFG-PROC-13", "an entry without =", "process.env=['A']", "process.env=['A=']", "process.env[0]"),
        Case.Refused("CFG-PROC-13", "an entry with NUL", "process.env=['A=\\u0000']", "process.env=['A=']",
            "process.env[0]"),
        Case.Inside("CFG-PROC-14", "the arguments as they are", "process.args=['/bin/echo','a  b','','c\\'']", "",
            "a  b  c'", "process.args=['/bin/echo','a b','c\\'']"),
        Case.Inside("CFG-PROC-15", "the program looked up in PATH",
            "process.env=['PATH=/nowhere:/bin'] ; process.args=['echo','found']", "", "found",
            "process.env=['PATH=/nowhere'] ; process.args=['echo','found']"),
        Case.Inside("CFG-PROC-15", "a program with a slash is not looked up",
            "process.cwd='/bin' ; process.args=['./echo','found']", "", "found",
            "process.cwd='/' ; process.args=['./echo','found']"),
        Case.Refused("CFG-PROC-15", "no arguments", "process.args=[]", "", "process.args"),
        Case.Refused("CFG-PROC-15", "a program that is not there", "process.args=['nothere']",
            "process.args=['sleep','9']",
            "executable file not found in $PATH") with { AtStart = true },
        Case.Inside("CFG-PROC-16", "commandLine is not for Linux",
            "process.commandLine='/bin/echo other' ; process.args=['/bin/echo','runs']", "", "runs",
            "process.commandLine='/bin/echo runs' ; process.args-"),

        Case.Inside("CFG-LPR-02", "no new privileges", "process.noNewPrivileges=true",
            "grep NoNewPrivs /proc/self/status | cut -f2", "1", "process.noNewPrivileges=false"),
        Case.Inside("CFG-LPR-02", "new privileges where nothing is said", "process.noNewPrivileges-",
            "grep NoNewPrivs /proc/self/status | cut -f2", "0"),
        Case.Inside("CFG-LPR-03 CFG-LPR-04", "oom_score_adj", "process.oomScoreAdj=345", "cat /proc/self/oom_score_adj",
            "345"),
        Case.Inside("CFG-LPR-04", "an oom_score_adj of 0 is set too", "process.oomScoreAdj=0",
            "cat /proc/self/oom_score_adj", "0", "process.oomScoreAdj=1"),
        Case.Inside("CFG-LPR-05", "the caller's oom_score_adj where none is given", "", "cat /proc/self/oom_score_adj",
            "234", "process.oomScoreAdj=300") with { Via = "echo 234 >/proc/self/oom_score_adj" },
        Case.Refused("CFG-LPR-03", "an oom_score_adj beyond 1000", "process.oomScoreAdj=1001",
            "process.oomScoreAdj=1000", "process.oomScoreAdj") with { AtStart = true },

        Case.Refused("CFG-SCHED-02", "no policy", "process.scheduler={'nice':1}",
            "process.scheduler={'policy':'SCHED_OTHER','nice':1}", "process.scheduler.policy"),
        Case.Refused("CFG-SCHED-03", "a nice value beyond 19", "process.scheduler={'policy':'SCHED_OTHER','nice':20}",
            "process.scheduler={'policy':'SCHED_OTHER','nice':19}", "process.scheduler") with { AtStart = true },
        Case.Refused("CFG-SCHED-05", "a flag that nobody knows",
            "process.scheduler={'policy':'SCHED_OTHER','flags':['SCHED_FLAG_FOO']}",
            "process.scheduler={'policy':'SCHED_OTHER','flags':['SCHED_FLAG_RESET_ON_FORK']}",
            "process.scheduler.flags[0]"),
        Case.Inside("CFG-IOP-01", "I/O priority untouched where none is given", "", "ionice -p 1", "none: prio 0",
            "process.ioPriority={'class':'IOPRIO_CLASS_BE','priority':3}"),
        Case.Refused("CFG-IOP-03", "a class that nobody knows",
            "process.ioPriority={'class':'IOPRIO_CLASS_X','priority':1}",
            "process.ioPriority={'class':'IOPRIO_CLASS_BE','priority':1}", "process.ioPriority.class"),
        Case.Refused("CFG-IOP-04", "a level of 8", "process.ioPriority={'class':'IOPRIO_CLASS_BE','priority':8}",
            "process.ioPriority={'class':'IOPRIO_CLASS_BE','priority':7}", "process.ioPriority.priority")
            with { AtStart = true },
        Case.Refused("CFG-IOP-04", "a level of -1", "process.ioPriority={'class':'IOPRIO_CLASS_BE','priority':-1}",
            "process.ioPriority={'class':'IOPRIO_CLASS_BE','priority':0}", "process.ioPriority.priority")
            with { AtStart = true },
        Case.Exec("CFG-AFF-01 CFG-AFF-04", "the affinity of what exec adds",
            "process.execCPUAffinity={'initial':'0','final':'0'}", Affinity, "0"),
        Case.Exec("CFG-AFF-05", "without a final one, what the kernel gives in the cpuset",
            "linux.resources.cpu={'cpus':'0'}", Affinity, "0"),

        Case.Inside("CFG-HOST-01", "the host name", "hostname='of-config'", "hostname", "of-config"),
        Case.Refused("CFG-HOST-02", "a host name in the caller's UTS namespace", "linux.namespaces.3-",
            "linux.namespaces.3- ; hostname-", "hostname"),
        Case.Inside("CFG-DOM-01", "the domain name", "domainname='of.config'", "cat /proc/sys/kernel/domainname",
            "of.config"),
        Case.Refused("CFG-DOM-02", "a domain name in the caller's UTS namespace",
            "domainname='x' ; hostname- ; linux.namespaces.3-", "linux.namespaces.3- ; hostname-", "domainname"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);
}

namespace Csrun.Conformance.Tests;

/// <summary>process.user, process.capabilities and process.rlimits.</summary>
public sealed class UserCases : CaseTest
{
    private const string Maps = "linux.namespaces+={'type':'user'} ; "
        + "linux.uidMappings=[{'containerID':0,'hostID':100000,'size':65536}] ; "
        + "linux.gidMappings=[{'containerID':0,'hostID':100000,'size':65536}]";

    private const string Caps = "grep Cap /proc/self/status | sed 's/\t0*/ /'";

    private const string Limits = "sed '1d;s/  */ /g;s/ $//' /proc/self/limits | sort";

    private const string AllLimits = """
        process.rlimits=[{'type':'RLIMIT_AS','soft':1000000000,'hard':2000000000},
        {'type':'RLIMIT_CORE','soft':1,'hard':2},{'type':'RLIMIT_CPU','soft':1001,'hard':1002},
        {'type':'RLIMIT_DATA','soft':100000001,'hard':100000002},{'type':'RLIMIT_FSIZE','soft':1001,'hard':1002},
        {'type':'RLIMIT_LOCKS','soft':11,'hard':12},{'type':'RLIMIT_MEMLOCK','soft':13,'hard':14},
        {'type':'RLIMIT_MSGQUEUE','soft':15,'hard':16},{'type':'RLIMIT_NICE','soft':0,'hard':0},
        {'type':'RLIMIT_NOFILE','soft':17,'hard':18},{'type':'RLIMIT_NPROC','soft':1000,'hard':1001},
        {'type':'RLIMIT_RSS','soft':21,'hard':22},{'type':'RLIMIT_RTPRIO','soft':0,'hard':0},
        {'type':'RLIMIT_RTTIME','soft':1000001,'hard':1000002},{'type':'RLIMIT_SIGPENDING','soft':23,'hard':24},
        {'type':'RLIMIT_STACK','soft':1000000,'hard':2000000}]
        """;

    private const string AllLimitsSeen = """
        Max address space 1000000000 2000000000 bytes
        Max core file size 1 2 bytes
        Max cpu time 1001 1002 seconds
        Max data size 100000001 100000002 bytes
        Max file locks 11 12 locks
        Max file size 1001 1002 bytes
        Max locked memory 13 14 bytes
        Max msgqueue size 15 16 bytes
        Max nice priority 0 0
        Max open files 17 18 files
        Max pending signals 23 24 signals
        Max processes 1000 1001 processes
        Max realtime priority 0 0
        Max realtime timeout 1000001 1000002 us
        Max resident set 21 22 bytes
        Max stack size 1000000 2000000 bytes
        """;

    private static readonly Case[] s_cases =
    [
        Case.Inside("CFG-USER-01", "the uid", "process.user.uid=1234", "id -u", "1234"),
        Case.Inside("CFG-USER-02", "the gid", "process.user.gid=1235", "id -g", "1235"),
        Case.Inside("CFG-USER-01 CFG-USER-02", "ids in a user namespace are the container's",
            Maps + " ; process.user={'uid':7,'gid':8}", "id -u; id -g", "7\n8", Maps),
        Case.Outside("CFG-USER-01", "the host sees the mapped uid", Maps + " ; process.user.uid=0",
            "awk '/^Uid/ { print $2 }' /proc/$PID/status", "100000", ""),
        Case.Inside("CFG-USER-03", "the umask", "process.user.umask=63", "umask", "0077"),
        Case.Inside("CFG-USER-04", "a usual umask where none is given, as all runtimes have it", "", "umask", "0022",
            "process.user.umask=23") with { Via = "umask 027" },
        Case.Inside("CFG-USER-05", "further groups", "process.user.additionalGids=[7,70000]", "id -G", "0 7 70000"),
        Case.Inside("CFG-USER-05", "no further groups where none are given", "",
            "grep Groups: /proc/self/status | tr -d '\t '", "Groups:", "process.user.additionalGids=[7]"),
        Case.Inside("CFG-USER-06", "a name is not resolved", "process.user.username='user'", "id -u", "0",
            "process.user.uid=1000"),
        Case.Refused("CFG-USER-01", "an id of more than 32 bits", "process.user.uid=4294967296",
            "process.user.uid=4294967294", "process.user.uid"),
        Case.Refused("CFG-USER-02", "an id that is a text", "process.user.gid='0'", "process.user.gid=0",
            "process.user.gid"),
        Case.Refused("CFG-USER-01", "an id that the user namespace does not have", Maps + " ; process.user.uid=70000",
            Maps + " ; process.user.uid=65535") with { AtStart = true },

        Case.Inside("CFG-CAP-01", "no object at all", "process.capabilities-", "echo runs", "runs",
            "process.capabilities=5"),
        Case.Inside("CFG-CAP-02 CFG-CAP-05 CFG-CAP-06 CFG-CAP-08", "effective, bounding and permitted sets",
            "process.capabilities={'bounding':['CAP_KILL'],'effective':['CAP_KILL'],'permitted':['CAP_KILL']}",
            Caps, "CapInh: \nCapPrm: 20\nCapEff: 20\nCapBnd: 20\nCapAmb: "),
        Case.Inside("CFG-CAP-05 CFG-CAP-08", "permitted and effective may be less than bounding for a user",
            "process.user.uid=1000 ; process.capabilities={'bounding':['CAP_KILL','CAP_CHOWN']}",
            Caps, "CapInh: \nCapPrm: \nCapEff: \nCapBnd: 21\nCapAmb: "),
        Case.Inside("CFG-CAP-07", "the inheritable set",
            "process.capabilities={'bounding':['CAP_KILL'],'permitted':['CAP_KILL'],'inheritable':['CAP_KILL']}",
            Caps + " | head -1", "CapInh: 20"),
        Case.Inside("CFG-CAP-09", "ambient capabilities, which a user keeps over the execve",
            "process.user.uid=1000 ; process.capabilities={'bounding':['CAP_KILL','CAP_CHOWN'],"
            + "'effective':['CAP_KILL'],'permitted':['CAP_KILL'],'inheritable':['CAP_KILL'],'ambient':['CAP_KILL']}",
            Caps, "CapInh: 20\nCapPrm: 20\nCapEff: 20\nCapBnd: 21\nCapAmb: 20",
            "process.user.uid=1000 ; process.capabilities={'bounding':['CAP_KILL'],'permitted':['CAP_KILL']}"),
        Case.Refused("CFG-CAP-02", "a set that is no array", "process.capabilities={'bounding':'CAP_KILL'}",
            "process.capabilities={'bounding':['CAP_KILL']}", "process.capabilities.bounding"),

        Case.Inside("CFG-RLIM-01", "the caller's limits where none are given", "process.rlimits-",
            "ulimit -Sn; ulimit -Hn", "333\n444") with { Via = "ulimit -Sn 333; ulimit -Hn 444" },
        Case.Refused("CFG-RLIM-02", "no type", "process.rlimits=[{'soft':1,'hard':1}]",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':1,'hard':1}]", "process.rlimits[0].type"),
        Case.Inside("CFG-RLIM-03 CFG-RLIM-05", "all sixteen limits", AllLimits, Limits, AllLimitsSeen),
        Case.Refused("CFG-RLIM-04", "a type that nobody knows",
            "process.rlimits=[{'type':'RLIMIT_FOO','soft':1,'hard':1}]",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':1,'hard':1}]", "RLIMIT_FOO"),
        Case.Refused("CFG-RLIM-06", "no soft limit", "process.rlimits=[{'type':'RLIMIT_CORE','hard':0}]",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':0,'hard':0}]", "process.rlimits[0].soft"),
        Case.Inside("CFG-RLIM-07 CFG-RLIM-09", "soft and hard limit",
            "process.rlimits=[{'type':'RLIMIT_NOFILE','soft':100,'hard':200}]", "ulimit -Sn; ulimit -Hn", "100\n200"),
        Case.Inside("CFG-RLIM-07 CFG-RLIM-09 CFG-VAL-04", "2^64-1 is no limit",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':18446744073709551615,'hard':18446744073709551615}]",
            "ulimit -Sc; ulimit -Hc", "unlimited\nunlimited",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':0,'hard':0}]"),
        Case.Refused("CFG-RLIM-08", "no hard limit", "process.rlimits=[{'type':'RLIMIT_CORE','soft':0}]",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':0,'hard':0}]", "process.rlimits[0].hard"),
        Case.Refused("CFG-RLIM-09", "a soft limit above the hard one",
            "process.rlimits=[{'type':'RLIMIT_NOFILE','soft':20,'hard':10}]",
            "process.rlimits=[{'type':'RLIMIT_NOFILE','soft':10,'hard':10}]") with { AtStart = true },
        Case.Refused("CFG-RLIM-10", "more than the hard limit of a caller without privilege",
            "process.rlimits=[{'type':'RLIMIT_NOFILE','soft':10,'hard':2000}]",
            "process.rlimits=[{'type':'RLIMIT_NOFILE','soft':10,'hard':1000}]", "process.rlimits[0]")
            with { AtStart = true, Via = "ulimit -n 1000; set -- setpriv --bounding-set=-sys_resource \"$@\"" },
        Case.Refused("CFG-RLIM-11", "one type twice",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':0,'hard':0},{'type':'RLIMIT_CORE','soft':0,'hard':0}]",
            "process.rlimits=[{'type':'RLIMIT_CORE','soft':0,'hard':0},{'type':'RLIMIT_CPU','soft':9,'hard':9}]",
            "process.rlimits[1].type"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);
}

namespace Csrun.Conformance.Tests;

/// <summary>Devices, the default ones and the links beside them; masked and read-only paths; personality.</summary>
public sealed class DeviceCases : CaseTest
{
    private const string All = "linux.resources.devices=[{'allow':true,'access':'rwm'}]";

    private static readonly Case[] s_cases =
    [
        Dev("LNX-DEV-01 LNX-DEV-02 LNX-DEV-08 LNX-DEV-09", "a character device",
            "{'path':'/dev/x','type':'c','major':10,'minor':229}", "stat -c '%F %t:%T' /dev/x",
            "character special file a:e5", "{'path':'/dev/x','type':'c','major':10,'minor':228}"),
        Dev("LNX-DEV-02", "a block device", "{'path':'/dev/x','type':'b','major':7,'minor':300}",
            "stat -c '%F %t:%T' /dev/x", "block special file 7:12c",
            "{'path':'/dev/x','type':'c','major':7,'minor':300}"),
        Dev("LNX-DEV-04", "u is c", "{'path':'/dev/x','type':'u','major':1,'minor':7}", "stat -c '%F' /dev/x",
            "character special file", "{'path':'/dev/x','type':'b','major':1,'minor':7}"),
        Dev("LNX-DEV-04", "a pipe, without numbers", "{'path':'/dev/x','type':'p'}", "stat -c '%F' /dev/x", "fifo",
            "{'path':'/dev/x','type':'c','major':1,'minor':7}"),
        Case.Refused("LNX-DEV-04", "a type that nobody knows",
            "linux.devices=[{'path':'/dev/x','type':'z','major':1,'minor':7}]",
            "linux.devices=[{'path':'/dev/x','type':'c','major':1,'minor':7}]", "linux.devices[0].type"),
        Case.Refused("LNX-DEV-05", "no path", "linux.devices=[{'type':'c','major':1,'minor':7}]",
            "linux.devices=[{'path':'/dev/x','type':'c','major':1,'minor':7}]", "linux.devices[0].path"),
        Case.Refused("LNX-DEV-06", "a file that lies there already",
            "linux.devices=[{'path':'/etc/passwd','type':'c','major':1,'minor':7}]",
            "linux.devices=[{'path':'/etc/new','type':'c','major':1,'minor':7}]", "linux.devices[0]"),
        Dev("LNX-DEV-07", "a path outside of /dev, whose parents are made",
            "{'path':'/new/dir/x','type':'c','major':1,'minor':7}", "stat -c %F /new /new/dir/x",
            "directory\ncharacter special file", "{'path':'/new/x','type':'c','major':1,'minor':7}"),
        Case.Refused("LNX-DEV-08", "no major number", "linux.devices=[{'path':'/dev/x','type':'c','minor':7}]",
            "linux.devices=[{'path':'/dev/x','type':'c','major':1,'minor':7}]", "linux.devices[0].major"),
        Case.Refused("LNX-DEV-09", "no minor number", "linux.devices=[{'path':'/dev/x','type':'c','major':1}]",
            "linux.devices=[{'path':'/dev/x','type':'c','major':1,'minor':7}]", "linux.devices[0].minor"),
        Dev("LNX-DEV-10", "the mode, whatever the caller's umask",
            "{'path':'/dev/x','type':'c','major':1,'minor':7,'fileMode':438}", "stat -c %a /dev/x", "666",
            "{'path':'/dev/x','type':'c','major':1,'minor':7,'fileMode':384}") with { Via = "umask 077" },
        Dev("LNX-DEV-12 LNX-DEV-13", "the owner and the group",
            "{'path':'/dev/x','type':'c','major':1,'minor':7,'uid':12,'gid':13}", "stat -c %u:%g /dev/x", "12:13",
            "{'path':'/dev/x','type':'c','major':1,'minor':7}"),
        Case.Inside("LNX-DEV-11 LNX-DEV-15", "a node without an allowing rule cannot be opened",
            "linux.devices=[{'path':'/dev/x','type':'c','major':10,'minor':229}]", "/bin/tool open /dev/x r", "EPERM",
            All + " ; linux.devices=[{'path':'/dev/x','type':'c','major':10,'minor':229}]")
            with { Host = "cp $T/tool $R/bin/" },
        Dev("LNX-DEV-14", "one device under two paths", "{'path':'/dev/x','type':'c','major':1,'minor':7},"
            + "{'path':'/dev/y','type':'c','major':1,'minor':7}", "stat -c %t:%T /dev/x /dev/y", "1:7\n1:7",
            "{'path':'/dev/x','type':'c','major':1,'minor':7}"),
        Case.Inside("LNX-DEV-03", "in a user namespace too",
            "linux.namespaces+={'type':'user'} ; linux.uidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; "
            + "linux.gidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; "
            + "linux.devices=[]", "stat -c %t:%T /dev/null; echo x >/dev/null && echo taken", "1:3\ntaken",
            "linux.devices=[{'path':'/dev/null','type':'c','major':1,'minor':11}]"),

        Default("LNX-DDEV-01", "null", "1:3"),
        Default("LNX-DDEV-02", "zero", "1:5"),
        Default("LNX-DDEV-03", "full", "1:7"),
        Default("LNX-DDEV-04", "random", "1:8"),
        Default("LNX-DDEV-05", "urandom", "1:9"),
        Default("LNX-DDEV-06", "tty", "5:0"),
        Case.Inside("LNX-DDEV-01", "null takes what any user writes", "process.user.uid=1000",
            "echo x >/dev/null && cat /dev/null && echo gone", "gone",
            "process.user.uid=1000 ; linux.devices=[{'path':'/dev/null','type':'c','major':1,'minor':3,'fileMode':0}]"),
        Case.Inside("LNX-DDEV-03", "full is full", "", "echo x 2>&1 >/dev/full || true",
            "~No space left on device", "linux.devices=[{'path':'/dev/full','type':'c','major':1,'minor':3}]"),
        Case.Inside("LNX-DDEV-08", "ptmx is the container's own", "",
            "readlink -f /dev/ptmx; stat -c %t:%T $(readlink -f /dev/ptmx)", "/dev/pts/ptmx\n5:2", "mounts.2-"),
        Case.Inside("LNX-DDEV-09", "an entry takes the place of a default one",
            "linux.devices=[{'path':'/dev/null','type':'c','major':1,'minor':3,'fileMode':420,'uid':5}]",
            "stat -c '%t:%T %a %u' /dev/null", "1:3 644 5"),
        Case.Inside("LNX-DDEV-07", "no console without a terminal", "", "[ -e /dev/console ] || echo none", "none",
            "linux.devices=[{'path':'/dev/console','type':'c','major':5,'minor':1}]"),

        Link("RTL-LNK-01", "fd", "/proc/self/fd"),
        Link("RTL-LNK-02", "stdin", "/proc/self/fd/0"),
        Link("RTL-LNK-03", "stdout", "/proc/self/fd/1"),
        Link("RTL-LNK-04", "stderr", "/proc/self/fd/2"),
        Case.Inside("RTL-LNK-05", "/dev/core as the host has /proc/kcore", "",
            "[ ! -e /kcore ] && echo right || readlink /dev/core | sed 's,/proc/kcore,right,'", "right",
            "mounts.1.type='bind' ; mounts.1.source='$W' ; mounts.1.options=['bind']")
            with { Host = "if [ -e /proc/kcore ]; then touch $R/kcore; fi" },

        Case.Inside("RTL-FD-01", "only three descriptors", "",
            "for f in /proc/1/fd/*; do [ -e $f ] && echo ${f##*/}; done | tr '\\n' ' '", "~^0 1 2 (3 )?$",
            "") with { Via = "exec 3</dev/null 4</dev/null 5</dev/null", BrokenFlags = ["--preserve-fds", "2"] },

        Case.Inside("RTL-FD-02", "more descriptors where they are asked for", "",
            "[ -e /proc/1/fd/3 ] && [ -e /proc/1/fd/4 ] && [ ! -e /proc/1/fd/9 ] && echo both", "both")
            with
            {
                Via = "exec 3</dev/zero 4</dev/zero 9</dev/zero",
                Flags = ["--preserve-fds", "2"],
                BrokenFlags = ["--preserve-fds", "1"],
            },

        Case.Inside("LNX-MASK-01", "a file is empty", "linux.maskedPaths=['/etc/passwd']",
            "cat /etc/passwd 2>/dev/null | wc -c", "0"),
        Case.Inside("LNX-MASK-01", "a directory is empty and read-only",
            "root.readonly=false ; linux.maskedPaths=['/etc']",
            "ls /etc | wc -l; touch /etc/x 2>&1 || true", "0\ntouch: /etc/x: Read-only file system",
            "root.readonly=false"),
        Case.Inside("LNX-MASK-01", "what is not there is passed over", "linux.maskedPaths=['/nowhere/x']", "echo runs",
            "runs",
            "linux.maskedPaths=5"),
        Case.Refused("LNX-MASK-02", "a relative path", "linux.maskedPaths=['etc']", "linux.maskedPaths=['/etc']",
            "linux.maskedPaths[0]"),
        Case.Inside("LNX-MASK-03", "one path twice", "linux.maskedPaths=['/etc/passwd','/etc/passwd']",
            "cat /etc/passwd 2>/dev/null | wc -c", "0"),
        Case.Inside("LNX-MASK-03", "a link does not lead out", "linux.maskedPaths=['/link/file']",
            "wc -c </canary/file", "~^0$",
            "linux.maskedPaths=['/nowhere']")
            with { Host = "mkdir $R/canary; echo x >$R/canary/file; ln -s ../../../../canary $R/link" },

        Case.Inside("LNX-RO-01", "a path is read-only", "root.readonly=false ; linux.readonlyPaths=['/etc']",
            "touch /etc/x 2>&1; touch /y; awk '$5 == \"/etc\" { print substr($6, 1, 2) }' /proc/self/mountinfo",
            "touch: /etc/x: Read-only file system\nro", "root.readonly=false"),
        Case.Inside("LNX-RO-01", "what is not there is passed over", "linux.readonlyPaths=['/nowhere/x']", "echo runs",
            "runs", "linux.readonlyPaths=5"),
        Case.Refused("LNX-RO-02", "a relative path", "linux.readonlyPaths=['etc']", "linux.readonlyPaths=['/etc']",
            "linux.readonlyPaths[0]"),

        Case.Refused("LNX-PERS-02", "a domain that nobody knows", "linux.personality={'domain':'BSD'}",
            "linux.personality={'domain':'LINUX'}", "linux.personality.domain"),
        Case.Refused("LNX-PERS-02", "no domain", "linux.personality={}", "linux.personality={'domain':'LINUX'}",
            "linux.personality.domain"),
        Case.Inside("LNX-PERS-04", "flags may be empty", "linux.personality={'domain':'LINUX32','flags':[]}",
            "cat /proc/self/personality", "00000008"),
        Case.Refused("LNX-MPOL-02", "a mode that nobody knows", "linux.memoryPolicy={'mode':'MPOL_X','nodes':'0'}",
            "linux.memoryPolicy={'mode':'MPOL_BIND','nodes':'0'}", "linux.memoryPolicy.mode"),
        Case.Refused("LNX-MPOL-03", "bound to no node", "linux.memoryPolicy={'mode':'MPOL_BIND','nodes':''}",
            "linux.memoryPolicy={'mode':'MPOL_LOCAL','nodes':''}", "linux.memoryPolicy"),
        Case.Refused("LNX-MPOL-04", "a flag that nobody knows",
            "linux.memoryPolicy={'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_X']}",
            "linux.memoryPolicy={'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES']}",
            "linux.memoryPolicy.flags[0]"),
        Case.Inside("LNX-MPOL-05", "all processes have the policy",
            "linux.memoryPolicy={'mode':'MPOL_BIND','nodes':'0'}",
            "sh -c 'head -1 /proc/self/numa_maps' | cut -d' ' -f2", "bind:0"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static Case Dev(string ids, string what, string device, string script, string sees, string broken) =>
        Case.Inside(ids, what, $"root.readonly=false ; linux.devices=[{device}]", script, sees,
            $"root.readonly=false ; linux.devices=[{broken}]");

    private static Case Default(string id, string name, string numbers) =>
        Case.Inside(id, name, "", $"stat -c '%F %t:%T %a' /dev/{name}", $"character special file {numbers} 666",
            $"linux.devices=[{{'path':'/dev/{name}','type':'c','major':1,'minor':11}}]");

    private static Case Link(string id, string name, string target) =>
        Case.Inside(id, name, "", $"readlink /dev/{name}", target,
            "mounts.1.type='bind' ; mounts.1.source='$W' ; mounts.1.options=['bind']");
}

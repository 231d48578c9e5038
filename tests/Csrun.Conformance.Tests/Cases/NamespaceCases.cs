using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>Namespaces, id mappings, time offsets, sysctl and the default file systems.</summary>
public sealed class NamespaceCases : CaseTest
{
    private const string User = "linux.namespaces+={'type':'user'} ; ";
    private const string Uids = "linux.uidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; ";
    private const string Gids = "linux.gidMappings=[{'containerID':0,'hostID':200000,'size':1000}]";
    private const string Time = "linux.namespaces+={'type':'time'} ; linux.timeOffsets=";

    // Other processes of the host whose namespaces can be joined; each case has its own.
    private const string Holder = """
        rm -f $W/pid
        unshare -imnuC sh -c 'hostname holder; echo $$ >$W/pid; exec sleep 100' >/dev/null 2>&1 </dev/null &
        until [ -s $W/pid ]; do sleep 0.01; done; until grep -q sleep /proc/$(cat $W/pid)/comm; do sleep 0.01; done
        for n in ipc net uts cgroup mnt; do ln -sfn /proc/$(cat $W/pid)/ns/$n $W/$n; done
        """;

    private const string EndHolder = "kill $(cat $W/pid)";

    private static readonly Case[] s_cases =
    [
        Case.Inside("LNX-FS-01", "proc", "", "awk '$5 == \"/proc\" { print $(NF-2) }' /proc/self/mountinfo", "proc",
            "mounts.0- ; linux.maskedPaths- ; linux.readonlyPaths-"),
        Case.Inside("LNX-FS-02", "sysfs", "", "awk '$5 == \"/sys\" { print $(NF-2) }' /proc/self/mountinfo", "sysfs",
            "mounts.5.type='tmpfs'"),
        Case.Inside("LNX-FS-03", "devpts of its own", "",
            "awk '$5 == \"/dev/pts\" { print $(NF-2) }' /proc/self/mountinfo; ls /dev/pts", "devpts\nptmx",
            "mounts.2-"),
        Case.Inside("LNX-FS-04", "tmpfs at /dev/shm", "",
            "awk '$5 == \"/dev/shm\" { print $(NF-2) }' /proc/self/mountinfo", "tmpfs", "mounts.3-"),

        Case.Refused("LNX-NS-01", "a type that nobody knows", "linux.namespaces+={'type':'foo'}",
            "linux.namespaces+={'type':'cgroup'}", "linux.namespaces[5].type"),
        Case.Refused("LNX-NS-01", "no type", "linux.namespaces+={}", "linux.namespaces+={'type':'cgroup'}",
            "linux.namespaces[5].type"),
        Case.Inside("LNX-NS-02 LNX-NS-14", "a pid namespace: the first process, alone", "",
            "echo $$; ls /proc | grep -c '^[0-9]'", "~^1\n[23]$", "linux.namespaces.0-"),
        Case.Inside("LNX-NS-03 LNX-NS-14", "a network namespace: only lo, and up", "",
            "ls /sys/class/net; ip -o link show lo | grep -o LOWER_UP", "lo\nLOWER_UP", "linux.namespaces.1-"),
        Own("LNX-NS-04 LNX-NS-14", "mnt", ""),
        Own("LNX-NS-05 LNX-NS-14", "ipc", ""),
        Own("LNX-NS-06 LNX-NS-14", "uts", ""),
        Own("LNX-NS-07 LNX-NS-14", "user", User + Uids + Gids),
        Own("LNX-NS-08 LNX-NS-14", "cgroup", "linux.namespaces+={'type':'cgroup'}"),
        Own("LNX-NS-09 LNX-NS-14", "time", "linux.namespaces+={'type':'time'}"),
        Case.Inside("LNX-NS-05", "the host's shared memory is out of sight", "",
            "tail -n +2 /proc/sysvipc/shm | wc -l", "0",
            "linux.namespaces.2-")
            with { Host = "ipcmk -M 4096 >$W/shm; ipcs -m >$W/all", Undo = "ipcrm -m $(grep -o '[0-9]*$' $W/shm)" },
        Case.Inside("LNX-NS-08", "the container's cgroup is the root of what it sees",
            "linux.namespaces+={'type':'cgroup'}",
            "grep pids: /proc/self/cgroup | cut -d: -f3", "/"),
        Inherited("ipc", "linux.namespaces.2-", ""),
        Inherited("net", "linux.namespaces.1-", ""),
        Inherited("uts", "linux.namespaces.3- ; hostname-", ""),
        Inherited("pid", "linux.namespaces.0-", ""),
        Inherited("user", "", User + Uids + Gids),
        Inherited("cgroup", "", "linux.namespaces+={'type':'cgroup'}"),
        Inherited("time", "", "linux.namespaces+={'type':'time'}"),
        Joined("ipc", "linux.namespaces.2={'type':'ipc','path':'$W/ipc'}"),
        Joined("net", "linux.namespaces.1={'type':'network','path':'$W/net'}"),
        Joined("uts", "hostname- ; linux.namespaces.3={'type':'uts','path':'$W/uts'}"),
        Joined("cgroup", "linux.namespaces+={'type':'cgroup','path':'$W/cgroup'}"),
        Case.Inside("LNX-NS-12", "a joined UTS namespace keeps its name",
            "hostname- ; linux.namespaces.3={'type':'uts','path':'$W/uts'}", "hostname", "holder", "hostname-")
            with { Host = Holder, Undo = EndHolder },
        Case.Refused("LNX-NS-11", "a relative path", "linux.namespaces.1={'type':'network','path':'net'}",
            "linux.namespaces.1={'type':'network','path':'$W/net'}", "linux.namespaces[1].path")
            with { Host = Holder + "\nln -s $W/net $B/net", Undo = EndHolder, Via = "cd $B" },
        Case.Refused("LNX-NS-13", "a namespace of another kind",
            "linux.namespaces.1={'type':'network','path':'$W/uts'}",
            "linux.namespaces.1={'type':'network','path':'$W/net'}", "linux.namespaces[1].path")
            with { Host = Holder, Undo = EndHolder },
        Case.Refused("LNX-NS-13", "a file that is no namespace",
            "linux.namespaces.1={'type':'network','path':'$C/file'}",
            "linux.namespaces.1={'type':'network','path':'$W/net'}", "linux.namespaces[1].path")
            with { Host = Holder, Undo = EndHolder },
        Case.Refused("LNX-NS-16", "one type twice", "linux.namespaces+={'type':'ipc'}",
            "linux.namespaces+={'type':'cgroup'}", "linux.namespaces[5].type"),

        Case.Inside("LNX-MAP-01 LNX-MAP-03 LNX-MAP-04 LNX-MAP-05", "uids",
            User + "linux.uidMappings=[{'containerID':0,'hostID':100000,'size':10},"
            + "{'containerID':20,'hostID':300000,'size':7}] ; " + Gids,
            "sed 's/  */ /g;s/^ //' /proc/self/uid_map", "0 100000 10\n20 300000 7", User + Uids + Gids),
        Case.Inside("LNX-MAP-02", "gids", User + Uids + Gids, "sed 's/  */ /g;s/^ //' /proc/self/gid_map",
            "0 200000 1000", User + Uids + "linux.gidMappings=[{'containerID':0,'hostID':100000,'size':1000}]"),
        Case.Refused("LNX-MAP-03", "no first id inside", User + Gids + " ; linux.uidMappings=[{'hostID':1,'size':1}]",
            User + Uids + Gids, "linux.uidMappings[0].containerID"),
        Case.Refused("LNX-MAP-04", "no first id outside", User + Gids
            + " ; linux.uidMappings=[{'containerID':0,'size':1}]",
            User + Uids + Gids, "linux.uidMappings[0].hostID"),
        Case.Refused("LNX-MAP-05", "no size", User + Gids + " ; linux.uidMappings=[{'containerID':0,'hostID':1}]",
            User + Uids + Gids, "linux.uidMappings[0].size"),
        Case.Refused("LNX-MAP-05", "a size of 0",
            User + Gids + " ; linux.uidMappings=[{'containerID':0,'hostID':1,'size':0}]", User + Uids + Gids,
            "linux.uidMappings"),
        Case.Refused("LNX-MAP-07", "more entries than the kernel takes",
            User + Gids + " ; linux.uidMappings=[" + Many(341) + "]", User + Gids + " ; linux.uidMappings=["
            + Many(200) + "]"),
        Case.Outside("LNX-MAP-06", "the root's owner stays", User + Uids + Gids,
            "stat -c %u:%g $R $R/bin/busybox $R/etc | sort -u", "0:0", User + Uids + Gids)
            with { BrokenHost = "chown 100000 $R/etc" },
        // The other namespaces must belong to the joined one: made after the join, not by the clone.
        Case.Inside("LNX-MAP-08", "a joined user namespace has the mappings it has",
            "linux.namespaces+={'type':'user','path':'$W/user'}", "sed 's/  */ /g;s/^ //' /proc/self/uid_map",
            "0 123456 65536", User + Uids + Gids)
            with
            {
                Host = """
                    rm -f $W/pid; unshare -U sh -c 'echo $$ >$W/pid; exec sleep 100' >/dev/null 2>&1 </dev/null &
                    until [ -s $W/pid ]; do sleep 0.01; done; p=$(cat $W/pid); ln -sfn /proc/$p/ns/user $W/user
                    echo 0 123456 65536 >/proc/$p/uid_map; echo 0 123456 65536 >/proc/$p/gid_map; chmod 711 $W
                    """,
                Undo = EndHolder,
            },

        Case.Refused("LNX-TIME-02", "a clock that nobody knows", Time + "{'realtime':{'secs':1}}",
            Time + "{'boottime':{'secs':1}}", "linux.timeOffsets"),
        Case.Refused("LNX-TIME-04", "a whole second of nanoseconds", Time
            + "{'boottime':{'secs':1,'nanosecs':1000000000}}",
            Time + "{'boottime':{'secs':1,'nanosecs':999999999}}", "linux.timeOffsets"),

        Case.Inside("LNX-SYS-01", "a parameter of the network",
            "linux.sysctl={'net.ipv4.ip_forward':'1','net.core.somaxconn':'321'}",
            "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/core/somaxconn", "1\n321"),
        Case.Inside("LNX-SYS-01", "a name with slashes", "linux.sysctl={'kernel/msgmax':'9999'}",
            "cat /proc/sys/kernel/msgmax", "9999"),
        Case.Inside("LNX-SYS-02", "kernel.domainname and fs.mqueue have their namespaces",
            "linux.sysctl={'kernel.domainname':'of.sysctl','fs.mqueue.msg_max':'99'}",
            "cat /proc/sys/kernel/domainname /proc/sys/fs/mqueue/msg_max", "of.sysctl\n99"),
        Case.Refused("LNX-SYS-02", "a parameter of the host", "linux.sysctl={'vm.swappiness':'1'}",
            "linux.sysctl={'kernel.sem':'1 2 3 4'}", "vm.swappiness"),
        Case.Refused("LNX-SYS-02", "kernel.hostname, which has a field", "linux.sysctl={'kernel.hostname':'x'}",
            "linux.sysctl={'kernel.domainname':'x'}", "kernel.hostname"),
        Case.Refused("LNX-SYS-02", "a parameter of the network without a namespace of it",
            "linux.namespaces.1- ; linux.sysctl={'net.ipv4.ip_forward':'1'}",
            "linux.namespaces.1- ; linux.sysctl={'kernel.msgmax':'9999'}", "net.ipv4.ip_forward"),
        Case.Refused("LNX-SYS-02", "a parameter of IPC without a namespace of it",
            "linux.namespaces.2- ; mounts.4- ; linux.sysctl={'kernel.msgmax':'9999'}",
            "linux.namespaces.2- ; mounts.4- ; linux.sysctl={'net.ipv4.ip_forward':'1'}", "kernel.msgmax"),
        Case.Inside("LNX-SYS-03", "below a path that becomes read-only",
            "linux.readonlyPaths=['/proc/sys'] ; linux.sysctl={'net.ipv4.ip_forward':'1'}",
            "cat /proc/sys/net/ipv4/ip_forward; echo 0 2>&1 >/proc/sys/net/ipv4/ip_forward || true",
            "~^1\n.*Read-only file system", "linux.readonlyPaths=['/proc/sys']"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static string Many(int count) => string.Join(
        ',', Enumerable.Range(0, count).Select(id => $"{{'containerID':{id},'hostID':{100_000 + id},'size':1}}"));

    private static string Compare(string kind) =>
        $"[ $(readlink /proc/$PID/ns/{kind}) = $(readlink /proc/self/ns/{kind}) ] && echo same || echo own";

    private static Case Own(string ids, string kind, string set) =>
        Case.Outside(ids, kind + ": a new one", set, Compare(kind), "own", kind switch
        {
            "mnt" => "linux.namespaces.4-",
            "ipc" => "linux.namespaces.2-",
            "uts" => "hostname- ; linux.namespaces.3-",
            _ => "",
        });

    private static Case Inherited(string kind, string set, string broken) =>
        Case.Outside("LNX-NS-15", kind + ": the caller's where none is listed", set, Compare(kind), "same", broken);

    private static Case Joined(string kind, string set) =>
        Case.Outside("LNX-NS-10 LNX-NS-12", kind + ": joined by its path", set,
            $"[ $(readlink /proc/$PID/ns/{kind}) = $(readlink $(readlink $W/{kind})) ] && echo joined", "joined",
            "hostname-") with
        {
            Host = Holder,
            Undo = EndHolder,
        };
}

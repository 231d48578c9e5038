namespace Csrun.Conformance.Tests;

/// <summary>What the later versions of the specification added: id-mapped mounts, network devices, Intel RDT.</summary>
public sealed class NewerCases : CaseTest
{
    private const string Show = "stat -c %u:%g /mnt/file";

    // On disk 1000:2000; on the mount 0 to 1999 are moved by 100000 and 200000.
    private const string Disk = "mkdir $W/disk; touch $W/disk/file; "
        + "chown 1000:2000 $W/disk/file; mount -t tmpfs x $W/disk; "
        + "touch $W/disk/file; chown 1000:2000 $W/disk/file; mkdir $W/disk/sub; mount -t tmpfs x $W/disk/sub; "
        + "touch $W/disk/sub/file; chown 1000:2000 $W/disk/sub/file";

    private const string Undo = "umount -R $W/disk";

    private const string Mappings = ",'uidMappings':[{'containerID':0,'hostID':100000,'size':3000}],"
        + "'gidMappings':[{'containerID':0,'hostID':200000,'size':3000}]";

    private const string User = "linux.namespaces+={'type':'user'} ; "
        + "linux.uidMappings=[{'containerID':0,'hostID':100000,'size':65536}] ; "
        + "linux.gidMappings=[{'containerID':0,'hostID':200000,'size':65536}]";

    private static readonly Case[] s_cases =
    [
        Mapped("CFG-MNT-14 CFG-MNT-18", "ids are translated", "'bind','idmap'", Mappings, Show, "101000:202000"),
        Mapped("CFG-MNT-15 CFG-MNT-19 CFG-MOPT-67", "by the mount itself", "'bind','idmap'", Mappings,
            "grep -c ' /mnt .*idmapped' /proc/self/mountinfo", "1"),
        Mapped("CFG-MOPT-60 CFG-MOPT-61", "idmap: this mount alone", "'rbind','idmap'", Mappings,
            Show + "; stat -c %u:%g /mnt/sub/file", "101000:202000\n1000:2000"),
        Mapped("CFG-MOPT-68", "ridmap: those below too", "'rbind','ridmap'", Mappings,
            Show + "; stat -c %u:%g /mnt/sub/file", "101000:202000\n101000:202000"),
        Mapped("CFG-MOPT-62", "the words do not reach the file system", "'bind','idmap','nosuid'", Mappings,
            "awk '$5 == \"/mnt\" { print $6 }' /proc/self/mountinfo | cut -d, -f1,2", "rw,nosuid"),
        Mapped("CFG-MOPT-63", "the mount's mappings, not the user namespace's", "'bind','idmap'",
            ",'uidMappings':[{'containerID':1000,'hostID':100007,'size':1}],"
            + "'gidMappings':[{'containerID':2000,'hostID':200008,'size':1}]", Show, "7:8", User + " ; "),
        Mapped("CFG-MOPT-64 CFG-MOPT-65", "the user namespace's where the mount has none", "'bind','idmap'", "", Show,
            "1000:2000", User + " ; "),
        Case.Refused("CFG-MOPT-66", "no mappings at all",
            "mounts+={'destination':'/mnt','source':'$C','options':['bind','idmap']}",
            "mounts+={'destination':'/mnt','source':'$C','options':['bind']}"),
        Case.Inside("CFG-MNT-23 CFG-MNT-24", "copy-symlink: a link is copied as it is",
            "root.readonly=false ; mounts+={'destination':'/new','source':'$W/link','options':['bind','copy-symlink']}",
            "readlink /new", "target", "root.readonly=false")
            with { Host = "ln -s target $W/link" },

        Net("LNX-NET-01 LNX-NET-02", "the device is moved", "{'$D':{}}", "ls -d /sys/class/net/$D", "~csct"),
        Net("LNX-NET-03", "under another name", "{'$D':{'name':'inside0'}}", "ls -d /sys/class/net/inside0",
            "/sys/class/net/inside0"),
        Net("LNX-NET-06", "under a name that the kernel completes", "{'$D':{'name':'in%d'}}",
            "ls -d /sys/class/net/in0",
            "/sys/class/net/in0"),
        Net("LNX-NET-07", "with its address and its size", "{'$D':{'name':'in0'}}",
            "ip -4 -o addr show in0 | grep -o '192.0.2.7/24'; cat /sys/class/net/in0/mtu", "192.0.2.7/24\n1400"),
        Net("LNX-NET-08", "and up", "{'$D':{'name':'in0'}}", "ip -o link show in0 | grep -o ,UP", ",UP"),
        Case.Refused("LNX-NET-04", "a device that is not there", "linux.netDevices={'nosuch0':{}}",
            "linux.netDevices={}"),
        Case.Refused("LNX-NET-05", "a name that is taken", "linux.netDevices={'$D':{'name':'lo'}}",
            "linux.netDevices={}"),
        Case.Refused("LNX-RDT-01 LNX-RDT-03", "no resctrl here", "linux.intelRdt={'closID':'x','schemata':['L3:0=1']}",
            ""),
        Case.Refused("LNX-RDT-11", "a bandwidth that is none", "linux.intelRdt={'memBwSchema':'L3:0=1'}", ""),
        Case.Refused("LNX-RDT-12", "a bandwidth of two lines", "linux.intelRdt={'memBwSchema':'MB:0=1\\nMB:1=1'}", ""),
        Case.Refused("LNX-RDT-14", "a schema of two lines", "linux.intelRdt={'schemata':['L3:0=1\\nL3:1=1']}", ""),
        Case.Refused("CFG-LPR-07", "a label where SELinux is off", "process.selinuxLabel='a:b:c:d'",
            "process.selinuxLabel=''"),
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);

    private static Case Mapped(
        string ids, string what, string options, string mappings, string script, string sees, string more = "")
    {
        string Mount(string words, string members) =>
            $"{more}mounts+={{'destination':'/mnt','source':'$W/disk','options':[{words}]{members}}}";
        Case entry = Case.Inside(ids, what, Mount(options, mappings), script, sees, Mount("'rbind'", ""));
        return entry with { Host = Disk, Undo = Undo };
    }

    private static Case Net(string ids, string what, string devices, string script, string sees)
    {
        Case entry = Case.Inside(ids, what, "linux.netDevices=" + devices, script.Replace("$D", "csct*"), sees);
        return entry with
        {
            Host = "ip link add $D type veth peer name ${D}p; ip addr add 192.0.2.7/24 dev $D; ip link set $D mtu 1400",
            Undo = "ip link del ${D}p",
        };
    }
}

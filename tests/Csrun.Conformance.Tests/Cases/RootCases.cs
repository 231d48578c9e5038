namespace Csrun.Conformance.Tests;

/// <summary>ociVersion, root, mounts, and the sections of other platforms.</summary>
public sealed class RootCases : CaseTest
{
    private const string MntOptions = "awk '$5 == \"/mnt\" { print $6 }' /proc/self/mountinfo";

    private static readonly Case[] s_cases =
    [
        Case.Refused("CFG-VER-01", "no version", "ociVersion-", "", "ociVersion"),
        Case.Refused("CFG-VER-02", "a version that is none", "ociVersion='abc'", "ociVersion='1.0.0'", "ociVersion"),
        Case.Refused("CFG-VER-02", "half a version", "ociVersion='1.0'", "ociVersion='1.0.0-rc.1+b.2'", "ociVersion"),
        Case.Refused("CFG-VER-02", "an empty version", "ociVersion=''", "ociVersion='1.0.2-dev'", "ociVersion"),
        Case.Inside("CFG-VER-03", "a version before", "ociVersion='1.0.0'", "echo runs", "runs", "ociVersion='2.0.0'"),
        Case.Inside("CFG-VER-03", "a later version of the same major one", "ociVersion='1.99.0'", "echo runs", "runs",
            "ociVersion='2.0.0'"),

        Case.Inside("GEN-06 CFG-PLAT-02", "what is for other platforms is ignored",
            "windows={'layerFolders':[]} ; vm={'kernel':{'path':'/x'}} ; solaris={} ; zos={} ; freebsd={}", "echo runs",
            "runs", "linux=5"),
        Case.Refused("CFG-PLAT-01", "no section for Linux: nothing would be isolated", "linux-", "linux.resources-"),

        Case.Refused("CFG-ROOT-01", "no root", "root-", "", "root"),
        Case.Refused("CFG-ROOT-02", "no path of the root", "root={'readonly':true}", "root={'path':'rootfs'}",
            "root.path"),
        Case.Refused("CFG-ROOT-02", "an empty path of the root", "root.path=''", "root.path='./rootfs'", "root.path"),
        Case.Inside("CFG-ROOT-03", "a relative path begins at the bundle, whatever the caller's directory",
            "root.path='rootfs'", "cat /mark", "of this", "root.path='other'")
            with { Via = "cd /", Host = "echo of this >$R/mark; mkdir $B/other" },
        Case.Inside("CFG-ROOT-03", "an absolute path", "root.path='$R'", "cat /mark", "of this", "root.path='$W'")
            with { Host = "echo of this >$R/mark" },
        Case.Refused("CFG-ROOT-05", "a root that is not there", "root.path='nowhere'", "root.path='rootfs'",
            "root.path"),
        Case.Refused("CFG-ROOT-05", "a root that is a file", "root.path='$W/file'", "root.path='rootfs'", "root.path")
            with { Host = "touch $W/file" },
        Case.Inside("CFG-ROOT-06", "a writable root where nothing is said", "root.readonly-", "touch /x && echo made",
            "made"),
        Case.Inside("CFG-ROOT-07", "a read-only root", "root.readonly=true",
            "touch /x 2>&1; awk '$5 == \"/\" { print substr($6, 1, 2) }' /proc/self/mountinfo",
            "touch: /x: Read-only file system\nro", "root.readonly=false"),
        Case.Inside("CFG-ROOT-07", "mounts on a read-only root keep their mode",
            "root.readonly=true ; mounts+={'destination':'/mnt','type':'tmpfs','source':'x'}",
            "touch /mnt/x && echo made", "made"),
        Case.Inside("CFG-ROOT-07", "the bundle's root stays writable on the host", "root.readonly=true", "echo runs",
            "runs", "root.readonly=5") with { Undo = "touch $R/x" },

        Case.Inside("CFG-MNT-01", "no mounts at all", "mounts- ; linux.maskedPaths- ; linux.readonlyPaths-",
            "[ -d /proc/1 ] || echo runs", "runs"),
        Case.Inside("CFG-MNT-02", "the later of two mounts on one place is on top",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['mode=701']} ; "
            + "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['mode=702']}",
            "stat -c %a /mnt", "702",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['mode=702']} ; "
            + "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['mode=701']}"),
        Case.Inside("CFG-MNT-02", "a parent after its child hides it",
            "mounts+={'destination':'/mnt/sub','type':'tmpfs','source':'x'} ; "
            + "mounts+={'destination':'/mnt','type':'tmpfs','source':'x'}",
            "[ -e /mnt/sub ] || echo hidden", "hidden",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x'} ; "
            + "mounts+={'destination':'/mnt/sub','type':'tmpfs','source':'x'}"),
        Case.Inside("CFG-MNT-03 CFG-MNT-08 CFG-MNT-13", "type and source are those of mount(2)",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'of-config'}",
            "awk '$5 == \"/mnt\" { print $(NF-2), $(NF-1) }' /proc/self/mountinfo", "tmpfs of-config"),
        Case.Refused("CFG-MNT-04", "no destination", "mounts+={'type':'tmpfs','source':'x'}",
            "mounts+={'type':'tmpfs','source':'x','destination':'/mnt'}", "destination"),
        Case.Inside("CFG-MNT-06 CFG-MNT-07", "a relative destination begins at the container's root",
            "process.cwd='/tmp' ; mounts+={'destination':'mnt','type':'tmpfs','source':'x'}",
            MntOptions + " | cut -d, -f1", "rw"),
        Case.Inside("CFG-MNT-09", "a relative source begins at the bundle",
            "mounts+={'destination':'/mnt','source':'data','options':['bind']}", "cat /mnt/file", "of the bundle",
            "mounts+={'destination':'/mnt','source':'$W/data','options':['bind']}")
            with { Host = "mkdir $B/data; echo of the bundle >$B/data/file", Via = "cd /" },
        Case.Inside("CFG-MNT-10", "bind makes a bind mount whatever the type",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'$C','options':['bind']}",
            "ls /mnt/file", "/mnt/file",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'$C'}"),
        Case.Inside("CFG-MNT-10", "rbind makes one too, without a type",
            "mounts+={'destination':'/mnt','source':'$C','options':['rbind']}", "ls /mnt/file",
            "/mnt/file"),
        Case.Refused("CFG-MNT-10", "type bind without the option",
            "mounts+={'destination':'/mnt','type':'bind','source':'$W'}",
            "mounts+={'destination':'/mnt','type':'bind','source':'$W','options':['bind']}"),
        Case.Inside("CFG-MNT-11", "options may be absent",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x'}", MntOptions + " | cut -d, -f1", "rw",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':5}"),
        Case.Refused("CFG-MNT-13", "a type that the kernel has not",
            "mounts+={'destination':'/mnt','type':'nosuchfs','source':'x'}",
            "mounts+={'destination':'/mnt','type':'ramfs','source':'x'}", "no such device"),
        Case.Refused("CFG-MNT-17", "uidMappings alone",
            "mounts+={'destination':'/mnt','source':'$W','options':['bind'],"
            + "'uidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
            "mounts+={'destination':'/mnt','source':'$W','options':['bind']}", "gidMappings"),
        Case.Refused("CFG-MNT-21", "gidMappings alone",
            "mounts+={'destination':'/mnt','source':'$W','options':['bind'],"
            + "'gidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
            "mounts+={'destination':'/mnt','source':'$W','options':['bind']}", "uidMappings"),
        Case.Inside("CFG-MNT-25", "unknown options are the file system's",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['size=64k','nosuid','mode=731']}",
            "stat -c %a /mnt; df -k /mnt | awk 'END { print $2 }'", "731\n64",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x'}"),
        Case.Inside("CFG-MNT-25", "in their order",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['mode=711','mode=731']}",
            "stat -c %a /mnt", "731",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['mode=731','mode=711']}"),
        Case.Refused("CFG-MNT-25", "what the file system does not know either",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['junk']}",
            "mounts+={'destination':'/mnt','type':'tmpfs','source':'x','options':['size=1m']}", "junk"),
        Case.Inside("CFG-MNT-26", "a destination that is missing is made as a directory",
            "mounts+={'destination':'/new/dir','source':'$C','options':['bind']}",
            "stat -c '%F %a' /new; ls /new/dir/file",
            "directory 755\n/new/dir/file"),
        Case.Inside("CFG-MNT-26", "or as a file, where the source is none",
            "mounts+={'destination':'/new/file','source':'$C/file','options':['bind']}", "cat /new/file",
            "untouched"),
        Case.Inside("CFG-MNT-26", "a link in the destination is followed inside the root",
            "mounts+={'destination':'/link/sub','type':'tmpfs','source':'x'}",
            "awk '$5 == \"/etc/sub\" { print $(NF-2) }' /proc/self/mountinfo", "tmpfs")
            with { Host = "ln -sfn /etc $R/link" },
        Case.Inside("CFG-MNT-27", "cgroups as hierarchies, read-only", "",
            "for c in memory pids; do "
            + "awk -v c=/sys/fs/cgroup/$c '$5 == c { print substr($6, 1, 2) }' /proc/self/mountinfo; done",
            "ro\nro", "mounts.6.options=['nosuid']"),
        Case.Refused("CFG-MNT-28", "proc on a link", "process.cwd='/'",
            "mounts- ; linux.maskedPaths- ; linux.readonlyPaths-")
            with { Host = "rmdir $R/proc; ln -s tmp $R/proc" },
        Case.Refused("CFG-MNT-28", "sysfs on a link", "process.cwd='/'",
            "mounts- ; linux.maskedPaths- ; linux.readonlyPaths-")
            with { Host = "rmdir $R/sys; ln -s tmp $R/sys" },
        Case.Refused("CFG-MNT-29", "a mount over a part of proc",
            "mounts+={'destination':'/proc/sys/kernel','source':'$W','options':['bind']}",
            "mounts+={'destination':'/proc/uptime','source':'$C/file','options':['bind']}"),
        Case.Inside("CFG-MNT-30", "a bind mount has its flags",
            "mounts+={'destination':'/mnt','source':'$C','options':['bind','ro','nosuid']}",
            "touch /mnt/x 2>&1; " + MntOptions + " | cut -d, -f1-2", "touch: /mnt/x: Read-only file system\nro,nosuid",
            "mounts+={'destination':'/mnt','source':'$C','options':['bind','nosuid']}")
            with { Undo = "rm -f $C/x" },
        Case.Inside("CFG-MNT-30", "locked flags of the source stay in a user namespace",
            "linux.namespaces+={'type':'user'} ; linux.uidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; "
            + "linux.gidMappings=[{'containerID':0,'hostID':100000,'size':1000}] ; "
            + "mounts+={'destination':'/mnt','source':'$W/locked','options':['bind','ro']}",
            MntOptions + " | grep -o 'ro,nosuid,nodev'", "ro,nosuid,nodev",
            "mounts+={'destination':'/mnt','source':'$W/locked','options':['bind','ro']}")
            with
            {
                Host = "mkdir -p $W/locked; mount -t tmpfs -o nosuid,nodev x $W/locked; chmod 711 $W",
                BrokenHost = "mkdir -p $W/locked; mount -t tmpfs x $W/locked",
                Undo = "umount $W/locked",
            },
    ];

    public static TheoryData<string, string> Cases => Names(s_cases);

    [RootTheory]
    [MemberData(nameof(Cases))]
    public void Holds(string ids, string what) => Check(s_cases, ids, what);
}

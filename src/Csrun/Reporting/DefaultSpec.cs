using System.Globalization;
using System.Text;
using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>
/// The config.json that <c>spec</c> writes: runc's default, member for member and indented by tabs as runc does, because
/// people and scripts edit it with jq and patch.
/// </summary>
internal static class DefaultSpec
{
    /// <summary>The file for a container that root runs.</summary>
    /// <param name="hostname">What the container is to be called; runc and crun put their own name.</param>
    /// <param name="hasCgroup2">Whether the machine has cgroup v2 alone: then the container gets a cgroup namespace.</param>
    internal static byte[] Format(string hostname, bool hasCgroup2) => Fill(
        hostname,
        terminalGroup: """
,
				"gid=5"
""",
        sysType: "sysfs",
        sysSource: "sysfs",
        sysBind: "",
        limitsOrMappings: """
		"resources": {
			"devices": [
				{
					"allow": false,
					"access": "rwm"
				}
			]
		},
""",
        hasCgroup2
            ? ["pid", "network", "ipc", "uts", "mount", "cgroup"]
            : ["pid", "network", "ipc", "uts", "mount"]);

    /// <summary>
    /// The file for a container that a user without root runs: a user namespace with that user as its root, the host's
    /// network and therefore the host's /sys, no limits.
    /// </summary>
    /// <param name="hostname">As above.</param>
    /// <param name="hasCgroup2">As above.</param>
    /// <param name="uid">The caller's user id.</param>
    /// <param name="gid">The caller's group id.</param>
    internal static byte[] FormatRootless(string hostname, bool hasCgroup2, uint uid, uint gid) => Fill(
        hostname,
        terminalGroup: "",
        sysType: "none",
        sysSource: "/sys",
        sysBind: """

				"rbind",
""",
        limitsOrMappings: $"{Mapping("uidMappings", uid)}\n{Mapping("gidMappings", gid)}",
        hasCgroup2 ? ["pid", "ipc", "uts", "mount", "cgroup", "user"] : ["pid", "ipc", "uts", "mount", "user"]);

    private static string Mapping(string name, uint id) => $$"""
		"{{name}}": [
			{
				"containerID": 0,
				"hostID": {{id.ToString(CultureInfo.InvariantCulture)}},
				"size": 1
			}
		],
""";

    private static string Namespaces(string[] types)
    {
        StringBuilder list = new();
        foreach (string type in types)
        {
            list.Append(list.Length == 0 ? "" : ",");
            list.Append(CultureInfo.InvariantCulture, $"\n\t\t\t{{\n\t\t\t\t\"type\": \"{type}\"\n\t\t\t}}");
        }

        return list.ToString();
    }

    private static byte[] Fill(
        string hostname,
        string terminalGroup,
        string sysType,
        string sysSource,
        string sysBind,
        string limitsOrMappings,
        string[] namespaces) => Encoding.UTF8.GetBytes($$"""
{
	"ociVersion": "{{VersionText.SpecVersion}}",
	"process": {
		"terminal": true,
		"user": {
			"uid": 0,
			"gid": 0
		},
		"args": [
			"sh"
		],
		"env": [
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"TERM=xterm"
		],
		"cwd": "/",
		"capabilities": {
			"bounding": [
				"CAP_AUDIT_WRITE",
				"CAP_KILL",
				"CAP_NET_BIND_SERVICE"
			],
			"effective": [
				"CAP_AUDIT_WRITE",
				"CAP_KILL",
				"CAP_NET_BIND_SERVICE"
			],
			"permitted": [
				"CAP_AUDIT_WRITE",
				"CAP_KILL",
				"CAP_NET_BIND_SERVICE"
			],
			"ambient": [
				"CAP_AUDIT_WRITE",
				"CAP_KILL",
				"CAP_NET_BIND_SERVICE"
			]
		},
		"rlimits": [
			{
				"type": "RLIMIT_NOFILE",
				"hard": 1024,
				"soft": 1024
			}
		],
		"noNewPrivileges": true
	},
	"root": {
		"path": "rootfs",
		"readonly": true
	},
	"hostname": "{{hostname}}",
	"mounts": [
		{
			"destination": "/proc",
			"type": "proc",
			"source": "proc"
		},
		{
			"destination": "/dev",
			"type": "tmpfs",
			"source": "tmpfs",
			"options": [
				"nosuid",
				"strictatime",
				"mode=755",
				"size=65536k"
			]
		},
		{
			"destination": "/dev/pts",
			"type": "devpts",
			"source": "devpts",
			"options": [
				"nosuid",
				"noexec",
				"newinstance",
				"ptmxmode=0666",
				"mode=0620"{{terminalGroup}}
			]
		},
		{
			"destination": "/dev/shm",
			"type": "tmpfs",
			"source": "shm",
			"options": [
				"nosuid",
				"noexec",
				"nodev",
				"mode=1777",
				"size=65536k"
			]
		},
		{
			"destination": "/dev/mqueue",
			"type": "mqueue",
			"source": "mqueue",
			"options": [
				"nosuid",
				"noexec",
				"nodev"
			]
		},
		{
			"destination": "/sys",
			"type": "{{sysType}}",
			"source": "{{sysSource}}",
			"options": [{{sysBind}}
				"nosuid",
				"noexec",
				"nodev",
				"ro"
			]
		},
		{
			"destination": "/sys/fs/cgroup",
			"type": "cgroup",
			"source": "cgroup",
			"options": [
				"nosuid",
				"noexec",
				"nodev",
				"relatime",
				"ro"
			]
		}
	],
	"linux": {
{{limitsOrMappings}}
		"namespaces": [{{Namespaces(namespaces)}}
		],
		"maskedPaths": [
			"/proc/acpi",
			"/proc/asound",
			"/proc/kcore",
			"/proc/keys",
			"/proc/latency_stats",
			"/proc/timer_list",
			"/proc/timer_stats",
			"/proc/sched_debug",
			"/sys/firmware",
			"/proc/scsi"
		],
		"readonlyPaths": [
			"/proc/bus",
			"/proc/fs",
			"/proc/irq",
			"/proc/sys",
			"/proc/sysrq-trigger"
		]
	}
}
""");
}

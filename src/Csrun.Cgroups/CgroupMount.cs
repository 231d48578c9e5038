namespace Csrun.Cgroups;

/// <summary>What a container sees of one v1 hierarchy below its /sys/fs/cgroup.</summary>
/// <param name="Name">The directory to show it in: the name of the host's mount point, such as <c>cpu</c>,
/// <c>systemd</c> or <c>cpu,cpuacct</c>.</param>
/// <param name="Links">Names of symbolic links to it: the single controllers of a joined hierarchy.</param>
/// <param name="Source">The container's directory on the host; ends with NUL.</param>
public sealed record CgroupMount(string Name, string[] Links, byte[] Source);

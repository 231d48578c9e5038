using System.Linq;
using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

/// <summary>The one test to change, row by row, when a flag comes to be done.</summary>
public sealed class SupportTests
{
    [Theory]
    [InlineData("csrun --root /r --log l --log-format json --debug list")]
    [InlineData("csrun --rootless auto list")]
    [InlineData("csrun --systemd-cgroup=false list")]
    [InlineData("csrun --systemd-cgroup list")]
    [InlineData("crun --cgroup-manager=systemd list")]
    [InlineData("crun --cgroup-manager disabled list")]
    [InlineData("runc --root /run/containerd/runc/k8s.io --log /b/log.json --log-format json create --bundle /b "
        + "--pid-file /b/init.pid web")]
    [InlineData("csrun create --console-socket s --pidfd-socket p --no-new-keyring --preserve-fds 2 web")]
    [InlineData("csrun run --keep -d web")]
    [InlineData("csrun run -d --shim --shim-log /l --shim-log-format cri --shim-log-size 1m --shim-log-files 3 "
        + "--shim-log-full block --shim-stdin once web")]
    [InlineData("csrun create --shim web")]
    [InlineData("csrun logs -f --since 10m -n 5 -t web")]
    [InlineData("csrun attach --detach-keys ctrl-a,d --no-stdin web")]
    [InlineData("csrun wait web")]
    [InlineData("csrun shim web")]
    [InlineData("csrun pause web")]
    [InlineData("csrun exec web true")]
    [InlineData("runc exec --detach web true")]
    [InlineData("crun exec -t web true")]
    [InlineData("runc run --detach web")]
    [InlineData("runc start web")]
    [InlineData("runc --root /r kill --all web 9")]
    [InlineData("runc delete --force web")]
    [InlineData("runc run -b /b --pid-file p web")]
    [InlineData("runc list -f json -q")]
    [InlineData("runc spec -b /b")]
    [InlineData("runc features")]
    [InlineData("runc pause web")]
    [InlineData("runc resume web")]
    [InlineData("runc --root /r --log l --log-format json update --resources - web")]
    [InlineData(
        "runc update --blkio-weight 100 --cpu-period 1 --cpu-quota -1 --cpu-burst 1 --cpu-share 2 --cpu-rt-period 1 "
        + "--cpu-rt-runtime 1 --cpu-idle 1 --cpuset-cpus 0 --cpuset-mems 0 --memory 1g --memory-reservation 1 "
        + "--memory-swap -1 --pids-limit -1 web")]
    [InlineData("crun update --kernel-memory 1 --memory 1 web")]
    [InlineData("runc ps --format json web")]
    [InlineData("runc ps web -e -x")]
    [InlineData("crun ps -f json web")]
    [InlineData("runc events --stats web")]
    [InlineData("csrun events --interval 1m30s web")]
    [InlineData("crun --cgroup-manager=cgroupfs --log-level error --log=file:/l state web")]
    [InlineData("crun create --no-subreaper web")]
    [InlineData("runc create --no-pivot web")]
    [InlineData("crun run --no-pivot -f c.json web")]
    [InlineData("crun kill -r ^x KILL")]
    [InlineData("crun delete --regex --force ^x")]
    [InlineData("crun spec --rootless --file s.json")]
    [InlineData("runc checkpoint --image-path /i --work-path /w --leave-running web")]
    [InlineData("runc checkpoint --parent-path ../p --pre-dump --tcp-established --tcp-skip-in-flight --link-remap "
        + "--ext-unix-sk --shell-job --file-locks --manage-cgroups-mode strict --empty-ns network --auto-dedup web")]
    [InlineData("runc checkpoint --lazy-pages --page-server [::1]:27 --status-fd 5 web")]
    [InlineData("runc restore --lazy-pages web")]
    [InlineData("crun checkpoint --image-path=/i --manage-cgroups-mode=ignore --network-lock=skip web")]
    [InlineData("runc restore --image-path /i --work-path /w -b /b --detach --pid-file p --console-socket s "
        + "--no-subreaper --no-pivot --lsm-profile apparmor:web --lsm-mount-context c web")]
    [InlineData("crun restore --tcp-close --image-path=/i --detach --bundle=/b web")]
    public void Takes_what_is_done(string line)
    {
        Argv.Error(line).Should().BeEmpty();
    }

    [Theory]
    [InlineData("csrun --rootless=true list", "csrun: --rootless=true: ")]
    [InlineData("crun --log journald:web list", "--log=journald: ")]
    [InlineData("crun mounts add web m.json", "mounts: ")]
    public void Refuses_by_name_what_is_not(string line, string beginning)
    {
        Argv.Error(line).Should().Be(beginning + "not supported by this version of csrun\n");
        Argv.Parse(line).Error!.ExitCode.Should().Be(1);
    }

    // runc 1.5's and crun 1.29's command lines, by features.md B1 and B2.
    [Theory]
    [InlineData("Runc", "None", "debug log log-format root systemd-cgroup rootless criu help version")]
    [InlineData("Runc", "Create", "bundle console-socket pidfd-socket pid-file no-pivot no-new-keyring preserve-fds")]
    [InlineData("Runc", "Run", "bundle console-socket pidfd-socket pid-file no-pivot no-new-keyring preserve-fds "
        + "detach keep no-subreaper")]
    [InlineData("Runc", "Exec", "console-socket pidfd-socket cwd env tty user additional-gids process detach pid-file "
        + "process-label apparmor no-new-privs cap preserve-fds cgroup ignore-paused")]
    [InlineData("Runc", "Kill", "all")]
    [InlineData("Runc", "Delete", "force")]
    [InlineData("Runc", "List", "format quiet")]
    [InlineData("Runc", "Ps", "format")]
    [InlineData("Runc", "Events", "interval stats")]
    [InlineData("Runc", "Spec", "bundle rootless")]
    [InlineData("Runc", "Update", "resources blkio-weight cpu-period cpu-quota cpu-burst cpu-share cpu-rt-period "
        + "cpu-rt-runtime cpu-idle cpuset-cpus cpuset-mems memory memory-reservation memory-swap pids-limit "
        + "l3-cache-schema mem-bw-schema")]
    [InlineData("Runc", "Checkpoint", "image-path work-path parent-path leave-running tcp-established "
        + "tcp-skip-in-flight link-remap ext-unix-sk shell-job lazy-pages status-fd page-server file-locks pre-dump "
        + "manage-cgroups-mode empty-ns auto-dedup")]
    [InlineData("Runc", "Restore", "console-socket image-path work-path tcp-established ext-unix-sk shell-job "
        + "file-locks manage-cgroups-mode bundle detach pid-file no-subreaper no-pivot empty-ns auto-dedup "
        + "lazy-pages lsm-profile lsm-mount-context")]
    [InlineData("Crun", "None", "cgroup-manager debug log log-format log-level root rootless systemd-cgroup version")]
    [InlineData("Crun", "Create", "bundle config console-socket no-new-keyring no-pivot no-subreaper pid-file "
        + "preserve-fds")]
    [InlineData("Crun", "Run", "bundle config console-socket detach keep no-new-keyring no-pivot no-subreaper pid-file "
        + "preserve-fds")]
    [InlineData("Crun", "Exec", "apparmor cgroup console-socket cwd cap detach env no-new-privs pid-file preserve-fds "
        + "process-label process tty user")]
    [InlineData("Crun", "Kill", "all regex")]
    [InlineData("Crun", "Delete", "force regex")]
    [InlineData("Crun", "List", "format quiet")]
    [InlineData("Crun", "Ps", "format")]
    [InlineData("Crun", "Spec", "bundle file rootless")]
    [InlineData("Crun", "Update", "blkio-weight cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-share "
        + "cpuset-cpus cpuset-mems kernel-memory kernel-memory-tcp memory memory-reservation memory-swap pids-limit "
        + "resources l3-cache-schema mem-bw-schema")]
    [InlineData("Crun", "Checkpoint", "image-path work-path parent-path leave-running tcp-established ext-unix-sk "
        + "shell-job file-locks pre-dump manage-cgroups-mode network-lock")]
    [InlineData("Crun", "Restore", "bundle console-socket image-path work-path tcp-established tcp-close ext-unix-sk "
        + "shell-job file-locks manage-cgroups-mode network-lock detach pid-file no-subreaper no-pivot lsm-profile "
        + "lsm-mount-context")]
    public void Knows_every_flag_of_the_other_programs(string dialectName, string commandName, string names)
    {
        Dialect dialect = System.Enum.Parse<Dialect>(dialectName);
        Command command = System.Enum.Parse<Command>(commandName);
        FlagRow[] rows = command == Command.None ? FlagTable.Globals() : FlagTable.Of(command);

        rows.Where(row => dialect.IsIn(row.Dialects)).Select(row => row.Name).Should().Contain(names.Split(' '));
    }
}

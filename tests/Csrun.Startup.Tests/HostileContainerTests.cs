using System.IO;
using System.Linq;
using Mono.Unix.Native;

namespace Csrun.Startup.Tests;

/// <summary>
/// CVE-2019-5736: a container that gets hold of the runtime's executable through /proc writes to it, and the host's
/// next container runs the attacker's code as root. The invariant around each test compares the hash of the binary.
/// </summary>
public sealed class HostileContainerTests : RuntimeTest
{
    // Opens the executable of process $1, tries to write to it while it runs, ends the process and tries again: while a
    // program runs its file is busy (ETXTBSY), which alone protects nothing.
    private const string Attack = """
        attack() {
            exec 9</proc/$1/exe && echo opened
            (echo evil >/proc/$1/exe) 2>/dev/null && echo "written while it runs"
            kill -KILL $1
            while [ -d /proc/$1 ] && ! grep -q 'State:.Z' /proc/$1/status; do sleep 0.02; done
            for i in 1 2 3 4 5; do
                (echo evil >/proc/self/fd/9) 2>/tmp/reason && echo "written after its end" && break
                sleep 0.02
            done
            sed 's/.*: /refused: /' /tmp/reason
            exec 9<&-
        }

        """;

    [CsrunFact]
    public void Cannot_write_the_hosts_binary_through_a_container_that_is_being_created()
    {
        AttackOn(Runtime).Should().Equal("opened", "refused: Read-only file system");
    }

    [CsrunFact]
    public void Cannot_write_the_copy_in_memory_either()
    {
        string path = Path.Combine(Work, "with space", "csrun");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Runtime.Path, path);
        byte[] before = File.ReadAllBytes(path);

        AttackOn(RuntimeBinary.At(path)).Should().Equal("opened", "refused: Operation not permitted");

        File.ReadAllBytes(path).Should().Equal(before);
    }

    /// <summary>The same steps on a file of the container's own do write, so they are an attack.</summary>
    [CsrunFact]
    public void Can_write_a_program_of_its_own_by_the_same_steps()
    {
        Bundle bundle = Attacker().Sh(
            Attack + "cp /bin/busybox /tmp/sleep; /tmp/sleep 100 & p=$!; "
                + "until [ $(readlink /proc/$p/exe) = /tmp/sleep ]; do sleep 0.02; done; attack $p; cat /tmp/sleep");

        Run(bundle).Ok().Lines.Should().Equal("opened", "written after its end", "evil");
    }

    [CsrunTheory]
    [InlineData("/proc/self/exe")]
    [InlineData("/link")]
    [InlineData("/script")]
    public void Gets_no_writable_runtime_by_naming_it_as_its_program(string program)
    {
        Bundle bundle = Attacker();
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "link"), "/proc/self/exe");
        MakeScript(bundle);
        string watcher = Attack
            + "until p=$(grep -l -x -s csrun /proc/[0-9]*/comm); do :; done; attack $(echo $p | cut -d/ -f3)";
        Container attacker = NewContainer(Attacker().Sh(watcher)).Create().Start();
        bundle.NamespaceAt("pid", $"/proc/{attacker.Pid}/ns/pid");

        // The watcher lives in the same pid namespace; whether it is quick enough or not, nothing is written.
        for (int i = 0; i < 20; i++)
        {
            Run(bundle.Args(program, "--version"), new RunOptions());
        }

        attacker.Kill();
        attacker.Await();
        attacker.Stdout.ReadToEnd(System.TimeSpan.FromSeconds(5));
        attacker.Stdout.Text.Should().NotContain("written");
    }

    /// <summary>
    /// The way it was published: exec into a container whose program is a script of the runtime itself.
    /// </summary>
    [CsrunFact]
    public void Cannot_write_the_hosts_binary_through_a_hundred_execs()
    {
        string watcher = """
            while [ ! -e /tmp/enough ]; do
                for p in /proc/[0-9]*; do
                    [ "$(readlink $p/exe)" = /csrun ] || continue
                    echo seen
                    (echo evil >$p/exe) && echo "written while it runs"
                    exec 9<$p/exe && (echo evil >/proc/self/fd/9) && echo "written through a descriptor"
                done
            done 2>/dev/null
            """;
        Container container = NewContainer(Attacker().Sh(watcher)).Create().Start();
        MakeScript(container.Bundle);

        for (int i = 0; i < 100; i++)
        {
            container.Do("exec", container.Id, "/script");
        }

        File.WriteAllText(Path.Combine(container.Bundle.Rootfs, "tmp", "enough"), "");
        container.Await();
        container.Stdout.ReadToEnd(System.TimeSpan.FromSeconds(5));
        container.Stdout.Text.Should().Contain("seen").And.NotContain("written");
    }

    private static void MakeScript(Bundle bundle)
    {
        string script = Path.Combine(bundle.Rootfs, "script");
        File.WriteAllText(script, "#!/proc/self/exe\n");
        _ = Syscall.chmod(script, FilePermissions.ACCESSPERMS);
    }

    /// <summary>
    /// What a privileged neighbour gets to say, in the pid namespace of a container that is being created.
    /// </summary>
    private string[] AttackOn(RuntimeBinary runtime)
    {
        string go = "until read victim </tmp/victim; do sleep 0.02; done 2>/dev/null; attack $victim";
        Container attacker = NewContainer(Attacker().Sh(Attack + go)).Create().Start();
        Bundle victims = NewBundle();
        victims.NamespaceAt("pid", $"/proc/{attacker.Pid}/ns/pid");
        Container victim = NewContainer(victims, runtime).Create();
        string inside = File.ReadLines($"/proc/{victim.Pid}/status")
            .First(line => line.StartsWith("NSpid:", System.StringComparison.Ordinal)).Split('\t')[^1];
        File.WriteAllText(Path.Combine(attacker.Bundle.Rootfs, "tmp", "victim"), inside + "\n");
        victim.Await();

        attacker.Await().Should().Be(0);
        attacker.Stdout.ReadToEnd(System.TimeSpan.FromSeconds(5));
        return attacker.Stdout.Text.Split('\n', System.StringSplitOptions.RemoveEmptyEntries);
    }

    private Bundle Attacker()
    {
        return NewBundle().WritableRoot().Capabilities(
            "CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_KILL", "CAP_FOWNER");
    }
}

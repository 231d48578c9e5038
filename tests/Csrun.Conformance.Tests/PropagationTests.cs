using System.IO;

namespace Csrun.Conformance.Tests;

/// <summary>
/// linux.rootfsPropagation in all its forms, by the tags of mountinfo and by a mount that the host adds.
/// </summary>
public sealed class PropagationTests : RuntimeTest
{
    /// <summary>The optional fields of the root's line.</summary>
    private const string Tags = "awk '$5 == \"/\" { for (i = 7; $i != \"-\"; i++) printf \"%s \", $i; print \".\" }' "
        + "/proc/self/mountinfo";

    [RootTheory]
    [InlineData("shared", "shared:")]
    [InlineData("rshared", "shared:")]
    [InlineData("unbindable", "unbindable")]
    [InlineData("runbindable", "unbindable")]
    [Broken("config", "linux.rootfsPropagation-")]
    public void LNX_PROP_02_and_05_has_the_tag(string word, string tag)
    {
        Inside(With(word), Tags).Should().Contain(tag);
    }

    [RootTheory]
    [InlineData("private")]
    [InlineData("rprivate")]
    [Broken("config", "linux.rootfsPropagation='shared'")]
    public void LNX_PROP_04_has_no_tag(string word)
    {
        Inside(With(word), Tags).Should().Be(".");
    }

    [RootFact]
    [Broken("config", "linux.rootfsPropagation='private'")]
    public void LNX_PROP_05_cannot_be_bound()
    {
        Bundle bundle = With("unbindable").Capabilities("CAP_SYS_ADMIN");

        Inside(bundle, "mount -o bind / /mnt 2>&1 || true").Should().Contain("mount");
        Inside(With("private").Capabilities("CAP_SYS_ADMIN"), "mount -o bind / /mnt && echo bound")
            .Should().Be("bound");
    }

    /// <summary>A mount that the host makes below the root after the create.</summary>
    [RootTheory]
    [InlineData("slave", "1")]
    [InlineData("private", "0")]
    [InlineData("unbindable", "0")]
    [Broken("config", "linux.rootfsPropagation='private'")]
    public void LNX_PROP_03_and_04_takes_mounts_of_the_host_or_not(string word, string seen)
    {
        Bundle bundle = With(word).Sh("grep -c ' /mnt ' /proc/self/mountinfo");
        Programs.Run("mount", "--bind", bundle.Rootfs, bundle.Rootfs).Ok();
        try
        {
            Programs.Run("mount", "--make-shared", bundle.Rootfs).Ok();
            Container container = NewContainer(bundle).Create();
            Programs.Run("mount", "-t", "tmpfs", "tmpfs", Path.Combine(bundle.Rootfs, "mnt")).Ok();
            container.Start().Await();
            container.Stdout.Await(seen + "\n");
            container.Delete();
        }
        finally
        {
            Programs.Run("umount", "-R", bundle.Rootfs);
        }
    }

    /// <summary>A mount that the container makes does not get out.</summary>
    [RootTheory]
    [InlineData("shared")]
    [InlineData("slave")]
    [InlineData("private")]
    [InlineData("unbindable")]
    [Broken("config", "process.args=['/bin/true']")]
    public void LNX_PROP_02_to_05_lets_no_mount_out(string word)
    {
        Bundle bundle = With(word).Capabilities("CAP_SYS_ADMIN")
            .Sh("mount -t tmpfs tmpfs /mnt && echo mounted; sleep 100");
        Programs.Run("mount", "--bind", bundle.Rootfs, bundle.Rootfs).Ok();
        try
        {
            Programs.Run("mount", "--make-shared", bundle.Rootfs).Ok();
            Container container = NewContainer(bundle).Create().Start();
            container.Stdout.Await("mounted");
            File.ReadAllText("/proc/self/mountinfo").Should().NotContain($" {bundle.Rootfs}/mnt ");
            container.Do("delete", "--force", container.Id).Ok();
        }
        finally
        {
            Programs.Run("umount", "-R", bundle.Rootfs);
        }
    }

    [RootFact]
    [Broken("config", "linux.rootfsPropagation-")]
    public void LNX_PROP_01_refuses_another_word()
    {
        Run(With("foo")).Fails("foo");
    }

    private Bundle With(string word)
    {
        Bundle bundle = NewBundle().WritableRoot();
        bundle.Linux["rootfsPropagation"] = word;
        return bundle;
    }
}

using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>A bind mount's source, opened by csrun itself: with its own rights, and in the host's mounts.</summary>
internal static class BindSource
{
    /// <summary>A copy of it that is attached nowhere; whoever gets it mounts nothing on the host through it.</summary>
    /// <param name="mount">The bind mount.</param>
    /// <param name="root">How the container is cut off from the host.</param>
    /// <exception cref="KernelException">It is not there.</exception>
    public static Fd Clone(MountPlan mount, RootPlan root)
    {
        byte[] source = Utf8.Terminated(mount.Source);
        Fd tree = new(KernelException.Check(
            HostPath.CloneTree(source, mount.Recursive, mount.FollowsSource), "open", source, mount.Place + ".source"));

        // It is still one of the host's peers: what is mounted below it inside would show outside.
        int cut = Kernel.mount_setattr(tree.Number, Kernel.AT_RECURSIVE, 0, 0, root.SetUpPropagation);
        if (cut < 0)
        {
            tree.Dispose();
        }

        KernelException.Check(cut, "cut off from the host", source, mount.Place);
        return tree;
    }
}

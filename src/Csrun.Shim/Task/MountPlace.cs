using Csrun.Init;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>
/// Where a mount of a root file system goes: its directory, or a place below it. The latter is in the image, whose
/// symbolic links lead nowhere outside of it.
/// </summary>
/// <param name="Root">The root file system's directory.</param>
/// <param name="Below">The place in it; empty for the directory itself.</param>
internal readonly record struct MountPlace(string Root, string Below)
{
    /// <summary>Opens it as a place (O_PATH), on top of what is mounted there.</summary>
    /// <exception cref="KernelException">It is not there.</exception>
    public Fd Open()
    {
        byte[] path = Utf8.Terminated(Root);
        Fd root = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC), "open", path));
        if (Below.Length == 0)
        {
            return root;
        }

        using (root)
        {
            int place = new ContainerRoot(root.Number).Open(Utf8.Terminated(Below));
            return new Fd(KernelException.Check(place, "open", Utf8.Terminated(ToString())));
        }
    }

    /// <summary>As a path, for errors.</summary>
    public override string ToString()
    {
        return Below.Length == 0 ? Root : Root + "/" + Below;
    }
}

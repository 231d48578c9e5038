using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>
/// Controllers of the v2 tree: a cgroup has those that every cgroup above it hands down in cgroup.subtree_control.
/// Source: the kernel's Documentation/admin-guide/cgroup-v2.rst, Controlling Controllers.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "for the parent only: the child does not come here")]
internal static class UnifiedControllers
{
    private const string Available = "cgroup.controllers";
    private const string HandedDown = "cgroup.subtree_control";

    /// <summary>
    /// Enables what the top of the tree has, as far as it goes: a cgroup above with processes of its own, or without
    /// permission, ends it, which is an error only for a controller that a limit needs (<see cref="Require"/>). Below a
    /// threaded cgroup this one becomes threaded, since it could hold no process otherwise.
    /// </summary>
    public static void EnableAll(int fd)
    {
        string? own = CgroupFile.ReadText(fd, Available, out _);
        int height = HeightOf(fd);
        string? top = CgroupFile.ReadText(fd, Above(height, Available), out _);
        if (own is null || string.IsNullOrEmpty(top) || own == top)
        {
            return;
        }

        List<string> missing = [];
        foreach (string controller in top.Split(' '))
        {
            if (!ControllerList.Contains(own.Replace(' ', ','), controller))
            {
                missing.Add(controller);
            }
        }

        bool isComplete = true;
        for (int up = height; up > 0; up--)
        {
            if (CgroupFile.Write(fd, Above(up, HandedDown), Enabling(missing)) < 0)
            {
                isComplete = false;
                EnableEach(fd, up, missing);
            }
        }

        if (!isComplete && CgroupFile.ReadText(fd, "cgroup.type", out _) == "domain invalid")
        {
            _ = CgroupFile.Write(fd, "cgroup.type", "threaded");
        }
    }

    /// <summary>
    /// A cgroup with processes that hands down one of the controllers for threads becomes a threaded domain, below
    /// which no container can be: it is left alone.
    /// </summary>
    private static void EnableEach(int fd, int up, List<string> controllers)
    {
        if (CgroupFile.ReadText(fd, Above(up, "cgroup.type"), out _) == "domain"
            && CgroupFile.ReadText(fd, Above(up, "cgroup.procs"), out _) is not "")
        {
            return;
        }

        foreach (string controller in controllers)
        {
            _ = CgroupFile.Write(fd, Above(up, HandedDown), "+" + controller);
        }
    }

    /// <summary>Hands down what the cgroup right above has to this one, whose process has left it before.</summary>
    public static void EnableFromAbove(int fd)
    {
        string? above = CgroupFile.ReadText(fd, Above(1, Available), out _);
        if (!string.IsNullOrEmpty(above))
        {
            _ = CgroupFile.Write(fd, Above(1, HandedDown), Enabling([.. above.Split(' ')]));
        }
    }

    /// <summary>Enables what these writes need and the cgroup does not have yet.</summary>
    /// <exception cref="KernelException">A controller is not there, or cannot be handed down.</exception>
    public static void Require(CgroupDirectory directory, int fd, IReadOnlyList<CgroupWrite> writes)
    {
        string own = (CgroupFile.ReadText(fd, Available, out _) ?? "").Replace(' ', ',');
        int height = -1;
        foreach (CgroupWrite write in writes)
        {
            if (write.MayBeMissing || write.Controller == "cgroup" || ControllerList.Contains(own, write.Controller)
                || Exists(fd, write.File))
            {
                continue;
            }

            height = height < 0 ? HeightOf(fd) : height;
            string top = CgroupFile.ReadText(fd, Above(height, Available), out _) ?? "";
            if (!ControllerList.Contains(top.Replace(' ', ','), write.Controller))
            {
                throw ContainerCgroups.MissingController(write);
            }

            for (int up = height; up > 0; up--)
            {
                int result = CgroupFile.Write(fd, Above(up, HandedDown), "+" + write.Controller);
                if (result < 0)
                {
                    throw new KernelException(
                        $"enable cgroup controller {write.Controller} in",
                        directory.PathOf(Above(up, HandedDown)),
                        (Errno)(-result),
                        write.Place,
                        HintFor((Errno)(-result)));
                }
            }

            own += "," + write.Controller;
        }
    }

    private static string? HintFor(Errno errno)
    {
        return errno switch
        {
            Errno.EBUSY => "that cgroup has processes of its own; cgroup v2 limits only cgroups whose parent has none",
            Errno.ENOENT => "the cgroup above does not hand the controller down",
            Errno.EOPNOTSUPP => "that cgroup is threaded, which this controller does not do",
            Errno.EACCES or Errno.EPERM => "the controller is not delegated to this user",
            _ => null,
        };
    }

    private static string Enabling(List<string> controllers)
    {
        StringBuilder text = new();
        foreach (string controller in controllers)
        {
            text.Append(text.Length == 0 ? "+" : " +").Append(controller);
        }

        return text.ToString();
    }

    private static bool Exists(int fd, string file)
    {
        return Kernel.faccessat(fd, Utf8.Terminated(file), 0, 0) == 0;
    }

    /// <summary>How many cgroups are above this one, up to the mount point.</summary>
    private static int HeightOf(int fd)
    {
        int height = 0;
        while (Exists(fd, Above(height + 1, Available)))
        {
            height++;
        }

        return height;
    }

    private static string Above(int up, string file)
    {
        return up == 0 ? file : string.Concat(new StringBuilder(up * 3).Insert(0, "../", up).ToString(), file);
    }
}

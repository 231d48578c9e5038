using System.Collections.Generic;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// Makes what id-mapped mounts need before the clone: a user namespace for each different mapping, and of each bind
/// source a copy with its ids translated. The child could make the copies only without a user namespace of its own: the
/// kernel asks for rights over the file system's.
/// </summary>
internal sealed class IdMapper
{
    private readonly Plan _plan;
    private readonly List<(IdMapPlan Map, int Namespace)> _namespaces = [];
    private readonly List<IdMappedMount> _mounts = [];

    private IdMapper(Plan plan)
    {
        _plan = plan;
    }

    /// <summary>The descriptors of the plan's id-mapped mounts.</summary>
    /// <exception cref="KernelException">A mapping is none, or a file system cannot be mapped.</exception>
    public static IdMappedMounts Prepare(Plan plan)
    {
        IdMapper mapper = new(plan);
        try
        {
            foreach (MountPlan mount in plan.Mounts)
            {
                if (mount.IdMap is IdMapPlan map)
                {
                    mapper.Prepare(mount, map);
                }
            }
        }
        catch
        {
            mapper.Result().Close();
            throw;
        }

        return mapper.Result();
    }

    private IdMappedMounts Result()
    {
        int[] namespaces = new int[_namespaces.Count];
        for (int i = 0; i < namespaces.Length; i++)
        {
            namespaces[i] = _namespaces[i].Namespace;
        }

        return new IdMappedMounts([.. _mounts], namespaces);
    }

    private void Prepare(MountPlan mount, IdMapPlan map)
    {
        int userNamespace = NamespaceFor(mount, map);
        if (mount.Kind == MountKind.FileSystem)
        {
            _mounts.Add(new IdMappedMount(mount, userNamespace));
            return;
        }

        Fd tree = BindSource.Clone(mount, _plan.Root);
        _mounts.Add(new IdMappedMount(mount, tree.Number));
        IdMappedMounts.Map(tree.Number, mount, userNamespace);
    }

    /// <summary>One user namespace for all mounts of the same mapping.</summary>
    private int NamespaceFor(MountPlan mount, IdMapPlan map)
    {
        foreach ((IdMapPlan known, int existing) in _namespaces)
        {
            if (known.HasSameMappings(map))
            {
                return existing;
            }
        }

        int opened = map.Joined is NamespaceJoin join ? OpenJoined(join) : MappedNamespace.Open(map, mount.Place);
        _namespaces.Add((map, opened));
        return opened;
    }

    private static int OpenJoined(NamespaceJoin join)
    {
        byte[] path = Utf8.Terminated(join.Path);
        return KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC),
            "open", path, join.Place);
    }
}

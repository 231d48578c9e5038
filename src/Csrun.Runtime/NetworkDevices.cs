using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// linux.netDevices: network devices of the host moved into the container's network namespace, renamed, with their
/// permanent addresses of global scope, and up (config-linux.md, Network Devices). The kernel drops the addresses on
/// the way, so they are read before and added after.
/// </summary>
internal sealed class NetworkDevices : IDisposable
{
    private readonly Fd _ownNamespace;
    private readonly Fd _namespace;
    private readonly RouteSocket _outside;
    private readonly RouteSocket _inside;
    private readonly List<MovedDevice> _moved = [];

    private NetworkDevices(int pid)
    {
        _ownNamespace = Open("/proc/self/ns/net");
        _namespace = Open("/proc/" + pid + "/ns/net");
        if (IsSame(_ownNamespace.Number, _namespace.Number))
        {
            throw new KernelException(
                "move network devices", string.Empty, Errno.EINVAL, "linux.netDevices",
                "the container's network namespace is the one they are in");
        }

        _outside = RouteSocket.Open();
        Enter(_namespace);
        try
        {
            _inside = RouteSocket.Open();
        }
        finally
        {
            Enter(_ownNamespace);
        }
    }

    /// <summary>Moves them all.</summary>
    /// <param name="pid">A process in the container's network namespace.</param>
    /// <param name="devices">What is moved.</param>
    /// <returns>What can take them back until the container exists.</returns>
    /// <exception cref="KernelException">One cannot be moved; those moved before are back.</exception>
    public static NetworkDevices Move(int pid, IReadOnlyList<NetDevicePlan> devices)
    {
        NetworkDevices moved = new(pid);
        try
        {
            foreach (NetDevicePlan device in devices)
            {
                moved.Move(device);
            }

            return moved;
        }
        catch
        {
            moved.TakeBack();
            moved.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Back to the host, under their names, with addresses and as up as they were: virtual devices would end with the
    /// container's namespace. What fails on the way is not told.
    /// </summary>
    public void TakeBack()
    {
        foreach (MovedDevice device in _moved)
        {
            if (NetworkDevice.Send(_inside, device.IndexInside, _ownNamespace.Number, device.PassingName) < 0)
            {
                continue;
            }

            int index = NetworkDevice.Find(_outside, device.PassingName).Index;
            _ = NetworkDevice.Rename(_outside, index, device.Name);
            foreach (NetworkAddress address in device.Addresses)
            {
                _ = address.AddTo(_outside, index);
            }

            if (device.WasUp)
            {
                _ = NetworkDevice.SetUp(_outside, index);
            }
        }

        _moved.Clear();
    }

    /// <summary>Closes sockets and namespaces; the devices stay where they are.</summary>
    public void Dispose()
    {
        _inside.Dispose();
        _outside.Dispose();
        _namespace.Dispose();
        _ownNamespace.Dispose();
    }

    /// <summary>
    /// It passes under a name that nobody else has, by which it is found on the other side: its number may change
    /// there, and its last name may be the kernel's choice (%d).
    /// </summary>
    private void Move(NetDevicePlan plan)
    {
        byte[] subject = Utf8.Terminated(plan.Name);
        NetworkDevice device = NetworkDevice.Find(_outside, plan.Name);
        KernelException.Check(device.Index, "find network device", subject, plan.Place);
        IReadOnlyList<NetworkAddress> addresses = NetworkAddress.Of(_outside, device.Index, plan.Place);
        string passing = PassingName();
        KernelException.Check(
            NetworkDevice.Send(_outside, device.Index, _namespace.Number, passing),
            "move network device", subject, plan.Place);
        int inside = NetworkDevice.Find(_inside, passing).Index;
        _moved.Add(new MovedDevice(plan.Name, passing, inside, device.IsUp, addresses));
        KernelException.Check(inside, "find network device in the container", subject, plan.Place);
        int renamed = NetworkDevice.Rename(_inside, inside, plan.NewName);
        if (renamed < 0)
        {
            throw new KernelException(
                "name network device", plan.NewName, (Errno)(-renamed), plan.Place,
                renamed == -(int)Errno.EEXIST ? "the container's network namespace has one of this name" : null);
        }

        foreach (NetworkAddress address in addresses)
        {
            KernelException.Check(
                address.AddTo(_inside, inside), "keep an address of network device", subject, plan.Place);
        }

        KernelException.Check(NetworkDevice.SetUp(_inside, inside), "set up network device", subject, plan.Place);
    }

    private static string PassingName()
    {
        Span<byte> random = stackalloc byte[4];
        _ = Kernel.getrandom(random);
        return "csrun" + Convert.ToHexString(random);
    }

    private static Fd Open(string file)
    {
        byte[] path = Utf8.Terminated(file);
        return new Fd(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC),
            "open", path, "linux.netDevices"));
    }

    private static void Enter(Fd networkNamespace)
    {
        KernelException.Check(
            Kernel.setns(networkNamespace.Number, Kernel.CLONE_NEWNET),
            "setns", "the network namespace"u8, "linux.netDevices");
    }

    private static bool IsSame(int one, int other)
    {
        return Inode(one) == Inode(other);

        static ulong Inode(int fd)
        {
            KernelException.Check(
                Kernel.statx(
                    fd, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info),
                "statx", "the network namespace"u8, "linux.netDevices");
            return (ulong)info.stx_ino;
        }
    }

    /// <summary>What it takes to bring a device back.</summary>
    private sealed record MovedDevice(
        string Name, string PassingName, int IndexInside, bool WasUp, IReadOnlyList<NetworkAddress> Addresses);
}

using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups.Systemd;

/// <summary>systemd, asked over its bus to make, change and end the units of containers
/// (org.freedesktop.systemd1(5)).</summary>
public sealed class SystemdManager
{
    private const int Patience = 30_000;
    private const string Service = "org.freedesktop.systemd1";
    private const string Path = "/org/freedesktop/systemd1";
    private const string Manager = "org.freedesktop.systemd1.Manager";
    private const string UnitExists = "org.freedesktop.systemd1.UnitExists";
    private const string NoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";
    private const string LimitsExceeded = "org.freedesktop.DBus.Error.LimitsExceeded";

    /// <summary>Names the bus; nobody is asked yet.</summary>
    /// <param name="address">The path of its socket.</param>
    /// <param name="isUser">Whether it is that of the user's manager.</param>
    public SystemdManager(string address, bool isUser)
    {
        Address = address;
        IsUser = isUser;
    }

    /// <summary>The path of the bus' socket.</summary>
    public string Address { get; }

    /// <summary>Whether the user's own manager is asked, whose cgroups are below one of its own.</summary>
    public bool IsUser { get; }

    /// <summary>
    /// The socket in an address as the environment has it (<c>unix:path=/run/user/1000/bus,guid=…</c>); null where it
    /// names none by path.
    /// </summary>
    public static string? SocketOf(string address)
    {
        const string Start = "unix:path=";
        foreach (string one in address.Split(';'))
        {
            if (one.StartsWith(Start, StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(one[Start.Length..].Split(',')[0]);
            }
        }

        return null;
    }

    /// <summary>The manager's own cgroup, below which its units are; empty for the system's.</summary>
    /// <exception cref="KernelException">It does not answer.</exception>
    public string ControlGroup()
    {
        if (!IsUser)
        {
            return "";
        }

        using BusConnection bus = BusConnection.Open(Address, Patience);
        try
        {
            BusMessage answer = bus.Call(
                Service, Path, "org.freedesktop.DBus.Properties", "Get", "ss",
                body =>
                {
                    body.String(Manager);
                    body.String("ControlGroup");
                });
            return answer.ReadStringVariant().TrimEnd('/');
        }
        catch (BusException error)
        {
            throw Refused("ask systemd for its cgroup", error);
        }
    }

    /// <summary>
    /// Makes the unit with all its properties, and waits until its job is done. A failed unit of that name, left by an
    /// earlier container, is cleared away first.
    /// </summary>
    /// <exception cref="KernelException">systemd refuses, or the unit is in use.</exception>
    public void Start(SystemdUnit unit, IReadOnlyList<UnitProperty> properties)
    {
        using BusConnection bus = BusConnection.Open(Address, Patience);
        try
        {
            try
            {
                Start(bus, unit, properties);
            }
            catch (BusException error) when (error.Name == UnitExists)
            {
                Reset(bus, unit);
                Start(bus, unit, properties);
            }
            catch (BusException error) when (error.Name == LimitsExceeded)
            {
                _ = Kernel.poll([], 100);
                Start(bus, unit, properties);
            }
        }
        catch (BusException error)
        {
            throw Refused("start unit " + unit.Name, error);
        }
    }

    /// <summary>Changes properties until the next boot; none at all asks nobody.</summary>
    /// <exception cref="KernelException">systemd refuses.</exception>
    public void Set(SystemdUnit unit, IReadOnlyList<UnitProperty> properties)
    {
        if (properties.Count == 0)
        {
            return;
        }

        using BusConnection bus = BusConnection.Open(Address, Patience);
        try
        {
            bus.Call(
                Service, Path, Manager, "SetUnitProperties", "sba(sv)",
                body =>
                {
                    body.String(unit.Name);
                    body.UInt32(1);
                    body.Properties(properties);
                });
        }
        catch (BusException error)
        {
            throw Refused("set properties of unit " + unit.Name, error);
        }
    }

    /// <summary>
    /// Moves a process into a unit's cgroup. A user may not move one out of a cgroup that is not his, into his own; his
    /// systemd asks the system's.
    /// </summary>
    /// <param name="unit">The unit.</param>
    /// <param name="below">A cgroup below the unit's, beginning with a slash; empty for its own.</param>
    /// <param name="pid">The process, which is the user's.</param>
    /// <exception cref="KernelException">systemd refuses.</exception>
    public void Attach(SystemdUnit unit, string below, int pid)
    {
        using BusConnection bus = BusConnection.Open(Address, Patience);
        try
        {
            bus.Call(
                Service, Path, Manager, "AttachProcessesToUnit", "ssau",
                body =>
                {
                    body.String(unit.Name);
                    body.String(below);
                    (int, int) pids = body.BeginArray(4);
                    body.UInt32((uint)pid);
                    body.EndArray(pids);
                });
        }
        catch (BusException error)
        {
            throw Refused("move a process into unit " + unit.Name, error);
        }
    }

    /// <summary>Ends the unit and forgets that it failed; one that is gone is fine.</summary>
    /// <exception cref="KernelException">systemd refuses.</exception>
    public void Stop(SystemdUnit unit)
    {
        using BusConnection bus = BusConnection.Open(Address, Patience);
        try
        {
            BusMessage answer = bus.Call(
                Service, Path, Manager, "StopUnit", "ss",
                body =>
                {
                    body.String(unit.Name);
                    body.String("replace");
                });
            _ = ResultOf(bus, answer.ReadString());
            Reset(bus, unit);
        }
        catch (BusException error) when (error.Name == NoSuchUnit)
        {
            // It went with its last process.
        }
        catch (BusException error)
        {
            throw Refused("stop unit " + unit.Name, error);
        }
    }

    private static void Start(BusConnection bus, SystemdUnit unit, IReadOnlyList<UnitProperty> properties)
    {
        BusMessage answer = bus.Call(
            Service, Path, Manager, "StartTransientUnit", "ssa(sv)a(sa(sv))",
            body =>
            {
                body.String(unit.Name);
                body.String("replace");
                body.Properties(properties);
                body.EndArray(body.BeginArray(8));
            });
        string result = ResultOf(bus, answer.ReadString());
        if (result != "done")
        {
            throw new KernelException(
                "start systemd unit", unit.Name, Errno.EIO, "linux.cgroupsPath", "its job ended with: " + result);
        }
    }

    /// <summary>Waits for the end of a job: JobRemoved(id, job, unit, result).</summary>
    private static string ResultOf(BusConnection bus, string job)
    {
        while (true)
        {
            BusMessage signal = bus.WaitForSignal("JobRemoved");
            signal.ReadUInt32();
            if (signal.ReadString() == job)
            {
                signal.ReadString();
                return signal.ReadString();
            }
        }
    }

    private static void Reset(BusConnection bus, SystemdUnit unit)
    {
        try
        {
            bus.Call(Service, Path, Manager, "ResetFailedUnit", "s", body => body.String(unit.Name));
        }
        catch (BusException error) when (error.Name == NoSuchUnit)
        {
            // There was nothing to forget.
        }
    }

    private static KernelException Refused(string what, BusException error)
    {
        Errno errno = error.Name == UnitExists ? Errno.EEXIST
            : error.Name.EndsWith("AccessDenied", StringComparison.Ordinal) ? Errno.EACCES
            : Errno.EIO;
        return new KernelException(
            what + " by", error.Method, errno, "--systemd-cgroup",
            "systemd says: " + error.Message + " (" + error.Name + ")");
    }
}

namespace Csrun.Cgroups.Systemd;

/// <summary>One property of a systemd unit, as D-Bus carries it (org.freedesktop.systemd1(5)).</summary>
/// <param name="Name">Its name on the bus, such as <c>MemoryMax</c>.</param>
/// <param name="Signature">
/// The type of its value: b, y, n, q, i, u, x, t, d, s, as, au, at, ay or a(ss).
/// </param>
/// <param name="Value">bool, byte, short, ushort, int, uint, long, ulong, double, string, string[], uint[], ulong[],
/// byte[] or (string, string)[], as the signature says.</param>
public sealed record UnitProperty(string Name, string Signature, object Value);

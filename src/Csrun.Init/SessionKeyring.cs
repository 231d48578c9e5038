using System;
using System.Buffers.Text;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// A session keyring of the container's own, so that it does not share the caller's keys (keyrings(7)).
/// </summary>
public static class SessionKeyring
{
    private const uint UserSearch = 0x080000;

    /// <summary>Makes and joins <c>_ses.ID</c>; a kernel without keyrings is left as it is.</summary>
    public static void Make(string id)
    {
        int keyring = Join(id);
        if (keyring >= 0)
        {
            AllowSearch(keyring);
        }
    }

    /// <summary>Joins <c>_ses.ID</c>, made where it is missing: its serial number, negative without keyrings.</summary>
    public static int Join(string id)
    {
        byte[] name = Utf8.Terminated("_ses." + id);
        int keyring = Kernel.keyctl_join_session_keyring(name);
        return keyring == -(int)Errno.ENOSYS ? keyring : KernelException.Check(keyring, "join session keyring", name);
    }

    /// <summary>
    /// Lets the container's user find the keyring it did not make: search and view beside what there is.
    /// </summary>
    private static void AllowSearch(int keyring)
    {
        Span<byte> text = stackalloc byte[512];
        int length = Kernel.keyctl_describe(keyring, text);
        if (length <= 0)
        {
            return;
        }

        // type;uid;gid;permissions in hexadecimal;description
        ReadOnlySpan<byte> rest = text[..Math.Min(length, text.Length)];
        for (int i = 0; i < 3; i++)
        {
            rest = rest[(rest.IndexOf((byte)';') + 1)..];
        }

        if (Utf8Parser.TryParse(rest, out uint permissions, out _, 'x'))
        {
            _ = Kernel.keyctl_setperm(keyring, permissions | UserSearch);
        }
    }
}

namespace Csrun.Runtime;

/// <summary>What may name a container: also a file name, a cgroup and part of a systemd unit's name.</summary>
public static class ContainerId
{
    private const int MaxLength = 255;

    /// <summary>Letters, digits and <c>_ + - .</c>, no dot first, 255 bytes at most.</summary>
    /// <exception cref="RuntimeException">The id is another.</exception>
    public static void Check(string id)
    {
        if (id.Length == 0)
        {
            throw new RuntimeException("container id cannot be empty");
        }

        if (id.Length > MaxLength)
        {
            throw new RuntimeException("invalid container ID format: longer than 255 characters");
        }

        foreach (char c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '+' or '-' or '.'))
            {
                throw new RuntimeException(
                    "invalid container ID format: " + id + ": only letters, digits and _ + - . can stand in it");
            }
        }

        if (id[0] == '.')
        {
            throw new RuntimeException("invalid container ID format: " + id + ": a dot cannot come first");
        }
    }
}

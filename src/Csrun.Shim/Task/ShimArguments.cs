using System;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>What containerd asks of the executable.</summary>
internal enum ShimAction
{
    /// <summary>No word: serve, on the socket that is descriptor 3.</summary>
    Serve,

    /// <summary><c>start</c>: make sure that a server runs, and print its address.</summary>
    Start,

    /// <summary><c>delete</c>: remove what a container left whose server is gone.</summary>
    Delete,

    /// <summary><c>-v</c>: print the version.</summary>
    Version,

    /// <summary><c>-info</c>: describe this runtime.</summary>
    Info,
}

/// <summary>
/// The command line of a shim, in Go's grammar: one or two dashes, the value behind an equals sign or in the next word,
/// none for booleans. Flags that are not known are passed over, with their value where it follows an equals sign.
/// </summary>
internal sealed record ShimArguments
{
    /// <summary>What to do.</summary>
    public ShimAction Action { get; private set; }

    /// <summary>-namespace: containerd's namespace.</summary>
    public string Namespace { get; private set; } = "";

    /// <summary>-id: the container, or the sandbox.</summary>
    public string Id { get; private set; } = "";

    /// <summary>-address: containerd's socket.</summary>
    public string Address { get; private set; } = "";

    /// <summary>-socket: where to listen when no descriptor 3 was passed.</summary>
    public string Socket { get; private set; } = "";

    /// <summary>-debug.</summary>
    public bool Debug { get; private set; }

    /// <summary>The word that is no action; null where there is none.</summary>
    public string? UnknownWord { get; private set; }

    /// <summary>Reads the words behind the program's name.</summary>
    public static ShimArguments Parse(ReadOnlySpan<byte[]> words)
    {
        ShimArguments result = new();
        for (int i = 0; i < words.Length; i++)
        {
            string word = Utf8.ToText(words[i]);
            if (word.Length < 2 || word[0] != '-')
            {
                result.TakeWord(word);
                continue;
            }

            string flag = word[1] == '-' ? word[2..] : word[1..];
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            string? value = equals < 0 ? null : flag[(equals + 1)..];
            string name = equals < 0 ? flag : flag[..equals];
            if (value is null && TakesValue(name) && i + 1 < words.Length)
            {
                value = Utf8.ToText(words[++i]);
            }

            result.TakeFlag(name, value);
        }

        return result;
    }

    /// <summary>Some that containerd gives are of no use here: the bundle is the working directory.</summary>
    private static bool TakesValue(string flag)
    {
        return flag is "namespace" or "id" or "address" or "bundle" or "publish-binary" or "socket" or "debug-socket";
    }

    private void TakeWord(string word)
    {
        if (Action != ShimAction.Serve || word is not ("start" or "delete"))
        {
            UnknownWord ??= Action == ShimAction.Serve ? word : null;
            return;
        }

        Action = word == "start" ? ShimAction.Start : ShimAction.Delete;
    }

    private void TakeFlag(string name, string? value)
    {
        switch (name)
        {
            case "namespace":
                Namespace = value ?? "";
                break;
            case "id":
                Id = value ?? "";
                break;
            case "address":
                Address = value ?? "";
                break;
            case "socket":
                Socket = value ?? "";
                break;
            case "debug":
                Debug = value is null or "true" or "1";
                break;
            case "v" or "version":
                Action = ShimAction.Version;
                break;
            case "info":
                Action = ShimAction.Info;
                break;
            default:
                break;
        }
    }
}

using System;
using System.Collections.Generic;
using System.Text.Json;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Checkpoint;

/// <summary>
/// What standard input, output and error of a container are called, as descriptors.json beside the images has it, which
/// is runc's name for it.
/// </summary>
internal static class StreamNames
{
    private const string FileName = "descriptors.json";
    private const int Count = 3;
    private const int MaxSize = 65536;
    private const uint PrivateFile = 0x180; // 0600

    /// <summary>
    /// What a container got: its first process may have other files in their places now, as a shell has while it writes
    /// to one. But what it has there is of the outside and not what it got where a program may not use that: SELinux
    /// puts a null device of its own there when it is executed.
    /// </summary>
    public static string[] Of(ContainerRecord record)
    {
        string[]? got = record.Streams is { Length: Count } ? record.Streams : null;
        string process = "/proc/" + record.Init.Pid;
        string mounts = FileContent.ReadText(process + "/mountinfo");
        string[] names = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            string now = StreamName.Of(process + "/fd/" + i, mounts);
            names[i] = got is null || (IsExternal(now) && Array.IndexOf(got, now) < 0) ? now : got[i];
        }

        return names;
    }

    /// <summary>Whether a restore puts a stream of its own in the place of what has this name.</summary>
    public static bool IsHandedOver(string name)
    {
        return IsExternal(name)
            || name.StartsWith("pipe:[", StringComparison.Ordinal)
            || name.StartsWith("socket:[", StringComparison.Ordinal);
    }

    /// <summary>Whether criu must be told that this is not for it to save.</summary>
    public static bool IsExternal(string name)
    {
        return name.StartsWith(StreamName.FileKey, StringComparison.Ordinal)
            || name.StartsWith(StreamName.TerminalKey, StringComparison.Ordinal);
    }

    /// <summary>Writes descriptors.json.</summary>
    public static void Write(int images, string[] names)
    {
        JsonBytes json = new(MaxSize);
        json.BeginArray();
        foreach (string name in names)
        {
            json.Value(name);
        }

        json.EndArray();
        int flags = Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_TRUNC | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK
            | Kernel.O_CLOEXEC;
        byte[] path = Utf8.Terminated(FileName);
        using Fd file = new(KernelException.Check(
            Kernel.openat(images, path, flags, PrivateFile), "create", path, "--image-path"));
        KernelException.Check(Kernel.WriteAll(file.Number, json.Written), "write", path, "--image-path");
    }

    /// <summary>Reads descriptors.json.</summary>
    /// <exception cref="KernelException">It is not there: these are no images of a container.</exception>
    public static string[] Read(int images)
    {
        byte[] path = Utf8.Terminated(FileName);
        using Fd file = new(KernelException.Check(
            Kernel.openat(images, path, Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_NOCTTY | Kernel.O_CLOEXEC),
            "open", path, "--image-path"));
        byte[]? content = FileContent.Read(file.Number, MaxSize, out int length);
        return content is null || Parse(content.AsSpan(0, length)) is not string[] names
            ? throw new KernelException("read", FileName, Errno.EINVAL, "--image-path", "it is no array of three names")
            : names;
    }

    /// <summary>The names; null where it is something else.</summary>
    internal static string[]? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            List<string> names = [];
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                names.Add(reader.GetString()!);
            }

            return reader.TokenType == JsonTokenType.EndArray && names.Count == Count ? [.. names] : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // the latter: a string that is no text
        }
    }
}

using System;
using System.Text;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// The state that hooks read from their standard input (runtime.md, State). All but status and pid is made once, before
/// the clone.
/// </summary>
public sealed class HookState
{
    private readonly byte[] _before;
    private readonly byte[] _after;

    /// <summary>Takes the document's beginning and end.</summary>
    /// <param name="before">All before the status: <c>{"ociVersion":"1.3.0","id":"web",</c>.</param>
    /// <param name="after">All after the pid: <c>"bundle":"/b"}</c>.</param>
    public HookState(byte[] before, byte[] after)
    {
        _before = before;
        _after = after;
    }

    /// <summary>The whole document.</summary>
    /// <param name="status">What the container is doing.</param>
    /// <param name="pid">The first process as the hook sees it; 0, for one that has ended, is left out.</param>
    public byte[] ToJson(ContainerStatus status, int pid)
    {
        const int RoomForNumber = 11;
        string word = ContainerStatusWords.Word(status);
        ReadOnlySpan<byte> statusName = "\"status\":\""u8;
        ReadOnlySpan<byte> pidName = "\"pid\":"u8;
        byte[] json = new byte[
            _before.Length + statusName.Length + word.Length + 2 + pidName.Length + RoomForNumber + 1 + _after.Length];
        int length = Append(json, 0, _before);
        length = Append(json, length, statusName);
        length += Encoding.UTF8.GetBytes(word, json.AsSpan(length));
        length = Append(json, length, "\","u8);
        if (pid != 0)
        {
            length = Append(json, length, pidName);
            _ = pid.TryFormat(json.AsSpan(length), out int digits);
            length = Append(json, length + digits, ","u8);
        }

        length = Append(json, length, _after);
        return json.AsSpan(0, length).ToArray();
    }

    private static int Append(Span<byte> json, int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(json[length..]);
        return length + text.Length;
    }
}

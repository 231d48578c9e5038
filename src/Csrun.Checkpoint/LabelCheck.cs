using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Spec;
using Google.Protobuf;

namespace Csrun.Checkpoint;

/// <summary>
/// Whether criu saves and brings back the SELinux label or AppArmor profile of the processes. One that was built
/// without SELinux, as Debian's is, loses the label without a word: they would come back with criu's own.
/// </summary>
internal static class LabelCheck
{
    private const int MaxImage = 16 << 20;
    private const int LabelField = 15; // creds_entry.lsm_profile, a string
    private const string NumbersLine = "\nNSpid:\t";
    private const string Unconfined = "unconfined";

    /// <summary>Refuses images that do not tell the label of a process, before it ends.</summary>
    /// <param name="process">What was asked for it.</param>
    /// <param name="pid">The process.</param>
    /// <param name="directories">Where the images are.</param>
    /// <exception cref="RuntimeException">The label is not there.</exception>
    public static void OfImages(ProcessPlan? process, int pid, ImageDirectories directories)
    {
        if (IsConfined(process) && !IsLabelled(directories, pid))
        {
            throw Refusal(process!, "criu does not save it; was it built without this security module?");
        }
    }

    /// <summary>Refuses a restored process that has the label of criu, which made it, and not what was asked.</summary>
    /// <param name="process">What was asked for it.</param>
    /// <param name="pid">The process.</param>
    /// <param name="criu">criu's process.</param>
    /// <exception cref="RuntimeException">It would run with what criu may do.</exception>
    public static void OfRestored(ProcessPlan? process, int pid, int criu)
    {
        string? label = IsConfined(process) ? LabelOf(pid) : null;
        if (label is not null && label != (process!.SelinuxLabel ?? process.ApparmorProfile)
            && (label.Length == 0 || label == LabelOf(criu)))
        {
            throw Refusal(process, "criu restored the processes without it");
        }
    }

    private static bool IsConfined(ProcessPlan? process)
    {
        return process is { HasLabels: true } and not { SelinuxLabel: null, ApparmorProfile: Unconfined };
    }

    private static RuntimeException Refusal(ProcessPlan process, string why)
    {
        string place = process.SelinuxLabel is null ? "process.apparmorProfile" : "process.selinuxLabel";
        return new RuntimeException([new Fault(place, why)]);
    }

    /// <summary>
    /// The label that a process has, without AppArmor's mode: what criu saves. Empty where it may not be read.
    /// </summary>
    private static string LabelOf(int pid)
    {
        string text = FileContent.ReadText("/proc/" + pid + "/attr/current").TrimEnd('\0', '\n');
        int mode = text.LastIndexOf(" (", StringComparison.Ordinal);
        return mode < 0 ? text : text[..mode];
    }

    /// <summary>
    /// Whether criu's image of a process has its label in the field for it. The image is named by the number that the
    /// process has in its own pid namespace, and is written by each dump.
    /// </summary>
    private static bool IsLabelled(ImageDirectories directories, int pid)
    {
        string label = LabelOf(pid);
        byte[] name = Utf8.Terminated("core-" + InnermostNumber(pid) + ".img");
        using Fd image = new(Kernel.openat(
            directories.Images, name, Kernel.O_RDONLY | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC));
        return label.Length != 0 && image.IsOpen
            && FileContent.Read(image.Number, MaxImage, out int length) is byte[] content
            && content.AsSpan(0, length).IndexOf(FieldOf(label)) >= 0;
    }

    /// <summary>The last of the numbers of proc_pid_status(5) that a process has in its pid namespaces.</summary>
    private static string InnermostNumber(int pid)
    {
        string status = FileContent.ReadText("/proc/" + pid + "/status");
        int line = status.IndexOf(NumbersLine, StringComparison.Ordinal);
        if (line < 0)
        {
            return string.Empty;
        }

        ReadOnlySpan<char> numbers = status.AsSpan(line + NumbersLine.Length);
        numbers = numbers[..numbers.IndexOf('\n')];
        return numbers[(numbers.LastIndexOf('\t') + 1)..].ToString();
    }

    /// <summary>The field as it is encoded.</summary>
    private static byte[] FieldOf(string label)
    {
        int size = CodedOutputStream.ComputeTagSize(LabelField) + CodedOutputStream.ComputeStringSize(label);
        byte[] field = new byte[size];
        using CodedOutputStream output = new(field);
        output.WriteTag(LabelField, WireFormat.WireType.LengthDelimited);
        output.WriteString(label);
        return field;
    }
}

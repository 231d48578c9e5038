namespace Csrun.Cgroups;

/// <summary>One value for one control file: what a limit of config.json comes to on a layout.</summary>
/// <param name="Controller">The controller that the file belongs to.</param>
/// <param name="File">The file's name.</param>
/// <param name="Value">What is written, in one write.</param>
/// <param name="Place">The property that asked for it, such as <c>linux.resources.memory.limit</c>.</param>
public sealed record CgroupWrite(string Controller, string File, string Value, string Place)
{
    /// <summary>
    /// Not zero for writes that the kernel checks against each other (quota and period, memory and swap): one that is
    /// refused as invalid is tried again behind its neighbours of the same number.
    /// </summary>
    public int Group { get; init; }

    /// <summary>Whether a missing file means that there is nothing to do.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>The file to write where <see cref="File"/> does not exist.</summary>
    public string? OtherFile { get; init; }

    /// <summary>What <see cref="OtherFile"/> gets.</summary>
    public string? OtherValue { get; init; }
}

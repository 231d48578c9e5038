using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Csrun.Runtime.Tests;

/// <summary>What a standard stream is called.</summary>
public sealed class StreamNameTests
{
    [Fact]
    public void A_file_of_the_outside_is_called_by_its_mount_and_inode()
    {
        string path = Path.GetTempFileName();
        using FileStream file = File.OpenRead(path);
        string number = file.SafeFileHandle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        string[] info = File.ReadAllLines("/proc/self/fdinfo/" + number);
        string expected = "file[" + Field(info, "mnt_id:") + ":" + Field(info, "ino:") + "]";

        StreamName.Of("/proc/self/fd/" + number, []).Should().Be(expected);
        StreamName.Of("/proc/self/fd/" + number, File.ReadAllText("/proc/self/mountinfo")).Should().Be(path);
        File.Delete(path);
    }

    [Fact]
    public void Without_a_descriptor_there_is_no_name()
    {
        StreamName.Of("/proc/self/fd/1000000", []).Should().BeEmpty();
    }

    [Fact]
    public void A_mount_is_looked_up_by_its_id()
    {
        const string Mounts = "124 60 0:37 / /proc rw - proc proc rw\n61 24 0:38 / /dev rw - tmpfs tmpfs rw\n";

        StreamName.HasMount(Mounts, 61).Should().BeTrue();
        StreamName.HasMount(Mounts, 24).Should().BeFalse();
        StreamName.HasMount("", 24).Should().BeFalse();
    }

    private static string Field(string[] lines, string name)
    {
        string text = lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];
        return long.Parse(text, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture);
    }
}

using System.Collections.Generic;
using System.Text.Json;

namespace Csrun.Spec.Tests;

/// <summary>What docker, podman, containerd and buildah really wrote.</summary>
public sealed class RecordedDocumentTests
{
    /// <summary>
    /// The one recorded config that the specification makes every runtime refuse (runc ignores the option).
    /// </summary>
    private const string IdMapWithoutMappings = "podman/volume-idmap/config.json";

    public static TheoryData<string> Configs => Documents.Recordings("config.json", except: IdMapWithoutMappings);

    public static TheoryData<string> Processes => Documents.Recordings("process.json");

    public static TheoryData<string> Limits => Documents.Recordings("resources*.json");

    [Theory]
    [MemberData(nameof(Configs))]
    public void Reads_every_recorded_config_as_the_context_does(string path)
    {
        byte[] json = Documents.Recording(path);

        ContainerConfig? config = ConfigReader.Read(json, out IReadOnlyList<Fault> faults);

        Readings.Lines(faults).Should().BeEmpty();
        Readings.Write(config).Should().Be(Readings.Write(Readings.ByContext(json)));
    }

    [Fact]
    public void Refuses_the_recorded_idmap_mount_that_has_no_mappings() =>
        Readings.FaultsOf(Documents.Recording(IdMapWithoutMappings))
            .Should().Equal("mounts[0]: idmap needs uidMappings and gidMappings, or a user namespace");

    [Theory]
    [MemberData(nameof(Processes))]
    public void Reads_every_recorded_process_as_the_context_does(string path)
    {
        byte[] json = Documents.Recording(path);

        Process? process = ConfigReader.ReadProcess(json, out IReadOnlyList<Fault> faults);

        Readings.Lines(faults).Should().BeEmpty();
        Readings.Write(process)
            .Should().Be(Readings.Write(JsonSerializer.Deserialize(json, SpecJsonContext.Default.Process)));
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void Reads_all_recorded_limits_as_the_context_does(string path)
    {
        byte[] json = Documents.Recording(path);

        LinuxResources? limits = ConfigReader.ReadResources(json, out IReadOnlyList<Fault> faults);

        Readings.Lines(faults).Should().BeEmpty();
        Readings.Write(limits)
            .Should().Be(Readings.Write(JsonSerializer.Deserialize(json, SpecJsonContext.Default.LinuxResources)));
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void Warns_of_nothing_that_engines_write(string path)
    {
        ContainerConfig config = ConfigReader.Read(Documents.Recording(path), out _)!;
        FaultList warnings = default;

        ConfigValidator.Warn(config, ref warnings);

        Readings.Lines(warnings.Faults.ToArray()).Should().BeEmpty();
    }
}

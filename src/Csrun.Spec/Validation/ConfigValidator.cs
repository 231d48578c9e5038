using System.Collections.Generic;
using System.Text;

namespace Csrun.Spec;

/// <summary>
/// Says what in a document the specification does not allow (config.md, Valid values) or the kernel cannot do: words,
/// ranges, missing members, duplicates, members that need each other. Costs nothing where nothing is wrong; looks at
/// nothing but the document. Zero means "not set" in resources, as engines write it.
/// </summary>
/// <remarks>
/// What a single command needs is its own: that there is a process is start's, the form slice:prefix:name of
/// cgroupsPath is that of --systemd-cgroup.
/// </remarks>
public static partial class ConfigValidator
{
    private const string Missing = "missing";
    private const int LongestHostname = 64; // __NEW_UTS_LEN

    /// <summary>Checks a config.json.</summary>
    public static void Validate(ContainerConfig config, ref FaultList faults)
    {
        ValidateMembers(config, ref faults);
        ValidateWhole(config, ref faults);
    }

    /// <summary>Checks every member for itself.</summary>
    internal static void ValidateMembers(ContainerConfig config, ref FaultList faults)
    {
        if (VersionFault(config.OciVersion) is string version)
        {
            faults.Add("ociVersion", version);
        }

        if (config.Process is not null)
        {
            ValidateProcess(config.Process, "process.", ref faults);
        }

        if (config.Root is null)
        {
            faults.Add("root", Missing);
        }
        else if (NotEmptyFault(config.Root.Path, "a path") is string root)
        {
            faults.Add("root.path", root);
        }

        ValidateHostname(config.Hostname, "hostname", ref faults);
        ValidateHostname(config.Domainname, "domainname", ref faults);
        ValidateMounts(config.Mounts, ref faults);
        ValidateHooks(config.Hooks, ref faults);
        if (config.Annotations is not null && config.Annotations.ContainsKey(""))
        {
            faults.Add("annotations[\"\"]", "expected a key that is not empty");
        }

        if (config.Linux is not null)
        {
            ValidateLinux(config.Linux, ref faults);
        }
    }

    private static string? VersionFault(string? version)
    {
        if (version is null)
        {
            return Missing;
        }

        return SemanticVersion.TryParse(version, out SemanticVersion parsed) && parsed.Major == 1
            ? null
            : Message.Expected("a version 1.MINOR.PATCH (SemVer 2.0.0)", version);
    }

    private static void ValidateHostname(string? name, string place, ref FaultList faults)
    {
        if (name is not null && Encoding.UTF8.GetByteCount(name) > LongestHostname)
        {
            faults.Add(place, Message.Expected("at most 64 bytes", name));
        }
    }

    private static void ValidateHooks(Hooks? hooks, ref FaultList faults)
    {
        if (hooks is null)
        {
            return;
        }

        ValidateHooks(hooks.Prestart, "prestart", ref faults);
        ValidateHooks(hooks.CreateRuntime, "createRuntime", ref faults);
        ValidateHooks(hooks.CreateContainer, "createContainer", ref faults);
        ValidateHooks(hooks.StartContainer, "startContainer", ref faults);
        ValidateHooks(hooks.Poststart, "poststart", ref faults);
        ValidateHooks(hooks.Poststop, "poststop", ref faults);
    }

    private static void ValidateHooks(Hook[]? hooks, string kind, ref FaultList faults)
    {
        for (int i = 0; i < hooks?.Length; i++)
        {
            if (AbsolutePathFault(hooks[i].Path) is string path)
            {
                faults.Add($"hooks.{kind}[{i}].path", path);
            }

            if (hooks[i].Timeout is int timeout and < 1)
            {
                faults.Add($"hooks.{kind}[{i}].timeout", Message.Expected("at least 1", timeout));
            }
        }
    }

    /// <summary>Faults of a string that must be there and say something; <paramref name="what"/> names it.</summary>
    private static string? NotEmptyFault(string? text, string what) => text switch
    {
        null => Missing,
        "" => Message.Expected(what, ""),
        _ => null,
    };

    private static string? AbsolutePathFault(string? path)
    {
        if (path is null)
        {
            return Missing;
        }

        return path.StartsWith('/') ? null : Message.Expected("an absolute path", path);
    }

    private static void ValidateAbsolutePaths(string[]? paths, string at, ref FaultList faults)
    {
        for (int i = 0; i < paths?.Length; i++)
        {
            if (AbsolutePathFault(paths[i]) is string fault)
            {
                faults.Add($"{at}[{i}]", fault);
            }
        }
    }

    private static string UnknownWord(string? word, string[] words) =>
        word is null ? Missing : Message.NotOneOf(words, word);

    /// <summary>As <see cref="UnknownWord(string?, string[])"/>, for tables too long for a line.</summary>
    private static string UnknownWord(string? word, string what) =>
        word is null ? Missing : Message.Expected(what, word);

    /// <summary>The kernel's name of a network interface (dev_valid_name), perhaps with %d for a number.</summary>
    private static string? InterfaceNameFault(string name)
    {
        bool valid = Encoding.UTF8.GetByteCount(name) is >= 1 and <= 15 && name is not ("." or "..");
        foreach (char c in name)
        {
            valid &= c is not ('/' or ':' or (>= '\t' and <= '\r') or ' ');
        }

        return valid ? null : Message.Expected("an interface name of 1 to 15 bytes without /, : or blanks", name);
    }

    private static bool Contains(Dictionary<string, string>? map, string key) =>
        map is not null && map.ContainsKey(key);
}

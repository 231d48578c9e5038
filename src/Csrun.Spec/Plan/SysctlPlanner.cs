using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>linux.sysctl: only keys that belong to a namespace the container has to itself.</summary>
internal static class SysctlPlanner
{
    public static List<SysctlPlan> Plan(
        Dictionary<string, string>? sysctl, NamespacePlan namespaces, List<Fault> faults)
    {
        List<SysctlPlan> plans = [];
        foreach ((string key, string value) in sysctl ?? [])
        {
            string place = "linux.sysctl." + key;
            string dotted = key.Contains('/', StringComparison.Ordinal) ? SlashToDot(key) : key;
            string? fault = IsPlainPath(DotToSlash(key)) ? Check(dotted, namespaces) : "is not the name of a setting";
            if (fault is not null)
            {
                faults.Add(new Fault(place, fault));
                continue;
            }

            plans.Add(new SysctlPlan(DotToSlash(key), value, place));
        }

        return plans;
    }

    private static string? Check(string key, NamespacePlan namespaces)
    {
        (NamespaceType type, string name) = Owner(key);
        return type == 0
            ? "is not a setting of any namespace: it would change the host"
            : namespaces.Has(type) ? null : "needs a new " + name + " namespace: without it the host's would change";
    }

    /// <summary>A name like <c>net/../kernel/core_pattern</c> would leave its namespace's directory.</summary>
    private static bool IsPlainPath(string file)
    {
        foreach (Range range in file.AsSpan().Split('/'))
        {
            if (file.AsSpan(range) is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    private static (NamespaceType Type, string Name) Owner(string key)
    {
        return key switch
        {
            "kernel.msgmax" or "kernel.msgmnb" or "kernel.msgmni" or "kernel.sem" or "kernel.shmall" or "kernel.shmmax"
                or "kernel.shmmni" or "kernel.shm_rmid_forced" => (NamespaceType.Ipc, "ipc"),
            "kernel.domainname" => (NamespaceType.Uts, "uts"),
            _ when key.StartsWith("fs.mqueue.", StringComparison.Ordinal) => (NamespaceType.Ipc, "ipc"),
            _ when key.StartsWith("net.", StringComparison.Ordinal) => (NamespaceType.Network, "network"),
            _ when key.StartsWith("user.", StringComparison.Ordinal) => (NamespaceType.User, "user"),
            _ => (0, string.Empty),
        };
    }

    /// <summary>sysctl(8): where a name holds slashes, its dots belong to the names between them.</summary>
    private static string SlashToDot(string key)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return dot >= 0 && dot < slash ? key : Swap(key);
    }

    private static string DotToSlash(string key)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && (dot < 0 || slash < dot) ? key : Swap(key);
    }

    private static string Swap(string key)
    {
        return string.Create(key.Length, key, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = source[i] switch { '.' => '/', '/' => '.', char other => other };
            }
        });
    }
}

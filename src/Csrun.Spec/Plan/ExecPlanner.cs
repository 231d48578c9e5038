using System;
using System.Collections.Generic;
using System.Globalization;

namespace Csrun.Spec;

/// <summary>
/// Works out what exec starts: the container's own process with what the flags change, or a process of its own
/// (process.json). What the latter leaves out of rights and limits is the container's, never more.
/// </summary>
public static class ExecPlanner
{
    /// <summary>Plans the container's process as the flags change it.</summary>
    /// <param name="ofContainer">process of the container's config.json.</param>
    /// <param name="changes">The flags.</param>
    /// <param name="faults">What is wrong with the flags, by their names; the plan counts for nothing then.</param>
    public static ExecPlan Plan(Process ofContainer, ExecChanges changes, out IReadOnlyList<Fault> faults)
    {
        List<Fault> found = [];
        UserWords words = UserWords.Parse(changes.User, found);
        List<uint> added = AddedGroups(changes.AdditionalGids, found);
        Process process = ofContainer with
        {
            Terminal = changes.Terminal,
            Cwd = changes.WorkingDirectory ?? ofContainer.Cwd,
            NoNewPrivileges = changes.NoNewPrivileges ?? ofContainer.NoNewPrivileges,
            ApparmorProfile = Chosen(changes.ApparmorProfile, ofContainer.ApparmorProfile),
            SelinuxLabel = Chosen(changes.SelinuxLabel, ofContainer.SelinuxLabel),
            Capabilities = WithCapabilities(ofContainer.Capabilities, changes.Capabilities, found),
            User = ofContainer.User with
            {
                Uid = words.Uid ?? ofContainer.User.Uid,
                Gid = words.Gid ?? ofContainer.User.Gid,
                AdditionalGids = [.. ofContainer.User.AdditionalGids ?? [], .. added],
            },
        };
        if (process.Cwd is null || !process.Cwd.StartsWith('/'))
        {
            found.Add(new Fault("--cwd", Message.Expected("an absolute path", process.Cwd ?? string.Empty)));
        }

        ProcessPlan plan = ProcessPlanner.Plan(process, PlanBuilder.DefaultUmask);
        faults = found;
        return new ExecPlan
        {
            Process = plan,
            Arguments = changes.Arguments,
            Environment = WithVariables(plan.Environment, changes.Environment, found),
            UserName = words.User,
            GroupName = words.Group,
            GroupIsGiven = words.Gid is not null || words.Group is not null,
            AddedGids = added,
        };
    }

    /// <summary>Plans a process of its own.</summary>
    /// <param name="ofContainer">process of the container's config.json.</param>
    /// <param name="given">The process, from process.json.</param>
    /// <param name="faults">What of it csrun does not do; the plan counts for nothing then.</param>
    public static ExecPlan Plan(Process ofContainer, Process given, out IReadOnlyList<Fault> faults)
    {
        List<Fault> found = [];
        Process process = given with
        {
            ApparmorProfile = Chosen(given.ApparmorProfile, ofContainer.ApparmorProfile),
            SelinuxLabel = Chosen(given.SelinuxLabel, ofContainer.SelinuxLabel),
            Capabilities = given.Capabilities ?? ofContainer.Capabilities,
            Rlimits = given.Rlimits is { Length: > 0 } ? given.Rlimits : ofContainer.Rlimits,
            OomScoreAdj = given.OomScoreAdj ?? ofContainer.OomScoreAdj,
            Scheduler = given.Scheduler ?? ofContainer.Scheduler,
            IOPriority = given.IOPriority ?? ofContainer.IOPriority,
            ExecCpuAffinity = given.ExecCpuAffinity ?? ofContainer.ExecCpuAffinity,
            User = given.User with { Umask = given.User.Umask ?? ofContainer.User.Umask },
        };
        ProcessPlan plan = ProcessPlanner.Plan(process, PlanBuilder.DefaultUmask);
        faults = found;
        return new ExecPlan
        {
            Process = plan,
            Arguments = ProcessPlanner.Bytes(plan.Arguments),
            Environment = ProcessPlanner.Bytes(plan.Environment),
        };
    }

    /// <summary>An empty text asks for nothing else than the container's own.</summary>
    private static string? Chosen(string? given, string? ofContainer)
    {
        return string.IsNullOrEmpty(given) ? ofContainer : given;
    }

    /// <summary>An entry for a name that is there already takes its place.</summary>
    private static List<byte[]> WithVariables(
        IReadOnlyList<string> environment, IReadOnlyList<byte[]> changes, List<Fault> faults)
    {
        List<byte[]> result = [.. ProcessPlanner.Bytes(environment)];
        foreach (byte[] change in changes)
        {
            int equals = Array.IndexOf(change, (byte)'=');
            if (equals < 1)
            {
                // The entry itself is not shown: it may be a secret.
                faults.Add(new Fault("--env", "invalid environment variable: expected NAME=value"));
                continue;
            }

            int place = result.FindIndex(entry => entry.AsSpan().StartsWith(change.AsSpan(0, equals + 1)));
            if (place < 0)
            {
                result.Add(change);
            }
            else
            {
                result[place] = change;
            }
        }

        return result;
    }

    private static List<uint> AddedGroups(IReadOnlyList<string> typed, List<Fault> faults)
    {
        List<uint> groups = new(typed.Count);
        foreach (string text in typed)
        {
            if (UserWords.TryId(text, out uint id))
            {
                groups.Add(id);
            }
            else
            {
                faults.Add(new Fault("--additional-gids", Message.Expected("a group number", text)));
            }
        }

        return groups;
    }

    /// <summary>
    /// Added are the bounding, effective and permitted set, as in runc. What is added to none of the others cannot be
    /// inherited past an execve by another user.
    /// </summary>
    private static LinuxCapabilities? WithCapabilities(
        LinuxCapabilities? sets, IReadOnlyList<string> added, List<Fault> faults)
    {
        foreach (string name in added)
        {
            if (!CapabilityWords.TryParse(name, out _))
            {
                faults.Add(new Fault("--cap", Message.Expected("a capability CAP_*", name)));
            }
        }

        return added.Count == 0 || sets is null ? sets : sets with
        {
            Bounding = [.. sets.Bounding ?? [], .. added],
            Effective = [.. sets.Effective ?? [], .. added],
            Permitted = [.. sets.Permitted ?? [], .. added],
        };
    }

    /// <summary>--user taken apart: each half is a number or a name.</summary>
    private readonly record struct UserWords(uint? Uid, uint? Gid, string? User, string? Group)
    {
        public static UserWords Parse(string? typed, List<Fault> faults)
        {
            if (string.IsNullOrEmpty(typed))
            {
                return default;
            }

            int colon = typed.IndexOf(':', StringComparison.Ordinal);
            string user = colon < 0 ? typed : typed[..colon];
            string? group = colon < 0 ? null : typed[(colon + 1)..];
            if (!IsIdOrName(user) || (group is not null && !IsIdOrName(group)))
            {
                faults.Add(new Fault("--user", Message.Expected("UID[:GID], numbers or names", typed)));
            }

            uint? uid = TryId(user, out uint number) ? number : null;
            uint? gid = group is not null && TryId(group, out number) ? number : null;
            return new UserWords(uid, gid, uid is null ? user : null, gid is null ? group : null);
        }

        /// <summary>A decimal id; the last of all numbers means "leave alone" to the kernel and is none.</summary>
        public static bool TryId(string text, out uint id)
        {
            return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != uint.MaxValue;
        }

        /// <summary>What begins like a number is no name: a mistyped id must not find one.</summary>
        private static bool IsIdOrName(string text)
        {
            return TryId(text, out _)
                || (text.Length > 0 && !char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+')
                    && text.AsSpan().IndexOfAny(':', '\n') < 0);
        }
    }
}

using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// A user or group given by name (exec --user), which only the container's own files can tell the ids of.
/// </summary>
internal static class NamedUser
{
    private const int NameField = 0;
    private const int IdField = 2;
    private const int PrimaryGroupField = 3;
    private const int MembersField = 3;

    /// <summary>
    /// The process as the names' bearers: a user's groups are those the files give him, and those that were added by
    /// number; a group beside him takes the place of his primary one.
    /// </summary>
    /// <exception cref="KernelException">The files know no such name.</exception>
    public static ProcessPlan Resolve(ContainerRoot root, ExecPlan plan)
    {
        ProcessPlan process = plan.Process;
        if (plan.UserName is string user)
        {
            byte[] name = Encoding.UTF8.GetBytes(user);
            ReadOnlySpan<byte> line = Find(AccountFile.Read(root, "/etc/passwd\0"u8), name, "user", "/etc/passwd");
            process = process with
            {
                Uid = Number(line, IdField, "/etc/passwd"),
                Gid = plan.GroupIsGiven ? process.Gid : Number(line, PrimaryGroupField, "/etc/passwd"),
                AdditionalGids = [.. GroupsOf(root, name), .. plan.AddedGids],
            };
        }

        if (plan.GroupName is string group)
        {
            ReadOnlySpan<byte> line = Find(
                AccountFile.Read(root, "/etc/group\0"u8), Encoding.UTF8.GetBytes(group), "group", "/etc/group");
            process = process with { Gid = Number(line, IdField, "/etc/group") };
        }

        return process;
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> rest, byte[] name, string kind, string file)
    {
        while (AccountFile.NextLine(ref rest, out ReadOnlySpan<byte> line))
        {
            if (AccountFile.Field(line, NameField).SequenceEqual(name))
            {
                return line;
            }
        }

        throw new KernelException(
            "no " + kind + " " + Utf8.ToText(name) + " in the container's " + file, string.Empty, Errno.None, "--user");
    }

    private static uint Number(ReadOnlySpan<byte> line, int field, string file)
    {
        ReadOnlySpan<byte> text = AccountFile.Field(line, field);
        return Utf8Parser.TryParse(text, out uint id, out int used) && used == text.Length && id != uint.MaxValue
            ? id
            : throw new KernelException(
                "the container's " + file + " is malformed: " + Utf8.ToText(line), string.Empty, Errno.None, "--user");
    }

    private static List<uint> GroupsOf(ContainerRoot root, byte[] user)
    {
        List<uint> groups = [];
        ReadOnlySpan<byte> rest = AccountFile.Read(root, "/etc/group\0"u8);
        while (AccountFile.NextLine(ref rest, out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> members = AccountFile.Field(line, MembersField);
            foreach (Range range in members.Split((byte)','))
            {
                if (members[range].SequenceEqual(user))
                {
                    groups.Add(Number(line, IdField, "/etc/group"));
                    break;
                }
            }
        }

        return groups;
    }
}

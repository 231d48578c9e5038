using System;
using System.Collections.Generic;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary><c>update</c>: other limits for a container that runs, from flags or as a document.</summary>
internal static class UpdateCommand
{

    public static int Run(Invocation invocation)
    {
        LinuxResources changes = invocation.GetString(Flag.Resources) is string file
            ? Read(file)
            : ResourceFlags.Read(invocation);
        using Container container = Container.Open(CommandContext.Root(invocation), invocation.Operand(0)!);
        container.Update(changes, NotEmpty(invocation, Flag.L3CacheSchema), NotEmpty(invocation, Flag.MemBwSchema));
        return 0;
    }

    private static string? NotEmpty(Invocation invocation, Flag flag)
    {
        return invocation.GetString(flag) is { Length: > 0 } text ? text : null;
    }

    private static LinuxResources Read(string file)
    {
        byte[] content;
        int length;
        if (file == "-")
        {
            content = FileContent.Read(0, FileContent.MaxDocument, out length) ?? throw Unreadable("standard input");
        }
        else
        {
            byte[] path = Utf8.Terminated(file);
            using Fd opened = new(KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path, "--resources"));
            content = FileContent.Read(opened.Number, FileContent.MaxDocument, out length) ?? throw Unreadable(file);
        }

        return ConfigReader.ReadResources(content.AsSpan(0, length), out IReadOnlyList<Fault> faults)
            ?? throw RuntimeException.InDocument(file == "-" ? "standard input" : file, faults);
    }

    private static KernelException Unreadable(string what)
    {
        return new KernelException("read", what, Errno.EIO, "--resources", "it is a directory, or over 16 MiB");
    }
}

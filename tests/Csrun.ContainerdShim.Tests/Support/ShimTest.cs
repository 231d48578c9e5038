using System;
using System.Collections.Generic;
using System.IO;
using Csrun.Shim.Messages.Task;

namespace Csrun.ContainerdShim.Tests;

/// <summary>A test of a shim, without containerd: the machine must be the same after it.</summary>
public abstract class ShimTest : RuntimeTest
{
    private readonly List<ShimUnderTest> _shims = [];

    /// <summary>A shim that is not started yet; it and what it left is removed after the test.</summary>
    /// <param name="binary">Another shim than the one under test.</param>
    internal ShimUnderTest NewShim(string? binary = null)
    {
        binary ??= Path.Combine(Path.GetDirectoryName(Runtime.Path)!, "containerd-shim-csrun-v2");
        string name = NewId();
        ShimUnderTest shim = new(binary, Path.Combine(Work, name), name);
        _shims.Add(shim);
        return shim;
    }

    /// <summary>A started shim with a created container of a script.</summary>
    internal ShimUnderTest Created(
        string script, Action<Bundle>? change = null, Action<ShimUnderTest, CreateTaskRequest>? io = null)
    {
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Sh(script);
        change?.Invoke(bundle);
        bundle.Save();
        shim.Start("c1");
        _ = shim.Create(bundle, request => io?.Invoke(shim, request));
        return shim;
    }

    /// <summary>The same, started.</summary>
    internal ShimUnderTest Running(
        string script, Action<Bundle>? change = null, Action<ShimUnderTest, CreateTaskRequest>? io = null)
    {
        ShimUnderTest shim = Created(script, change, io);
        _ = shim.StartProcess("c1");
        return shim;
    }

    protected override void Finish()
    {
        _shims.ForEach(shim => shim.Dispose());
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Csrun.Testing.Outside;
using Xunit;

namespace Csrun.Testing;

/// <summary>
/// A test that runs the binary. It has a place of its own, and the machine outside must be the same after it as before:
/// a test that passes and leaves something behind fails.
/// </summary>
public abstract class RuntimeTest : IAsyncLifetime
{
    private readonly List<Container> _containers = [];
    private readonly WorkDirectory _work = new();
    private OutsideInvariant? _outside;
    private int _last;

    /// <summary>How long the kernel may take to finish what it does behind, before a difference counts.</summary>
    protected virtual TimeSpan Settle =>
        RuntimeBinary.UnderTest.IsCsrun ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(300);

    /// <summary>The binary under test.</summary>
    protected virtual RuntimeBinary Runtime => RuntimeBinary.UnderTest;

    /// <summary>The test's own directory; removed after it.</summary>
    protected string Work => _work.Path;

    /// <summary>The --root of this test's containers.</summary>
    protected string StateRoot => _work.At("state");

    /// <summary>A tree of the host that nothing may touch.</summary>
    protected string Canary => _work.At("canary");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(StateRoot);
        OutsideInvariant.PlantCanary(Canary);
        _ = RootTemplate.Path;
        _outside = OutsideInvariant.Begin(new OutsideScope(Runtime.Path, StateRoot, Canary));
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        Finish();
        _containers.ForEach(container => container.Dispose());
        try
        {
            _outside!.End(Settle);
        }
        finally
        {
            _work.Dispose();
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends what the test itself started, before the machine is looked at again.</summary>
    protected virtual void Finish()
    {
    }

    /// <summary>A fresh bundle.</summary>
    protected Bundle NewBundle()
    {
        return new Bundle(_work.At($"bundle{++_last}"));
    }

    /// <summary>An id that no other test has.</summary>
    protected string NewId()
    {
        return $"csrun-test-{_work.Name}-{++_last}";
    }

    /// <summary>A container that is not created yet; it is deleted after the test whatever happens.</summary>
    /// <param name="bundle">What it is made of.</param>
    /// <param name="runtime">Whose it is; by default the binary under test.</param>
    protected Container NewContainer(Bundle bundle, RuntimeBinary? runtime = null)
    {
        Container container = new(runtime ?? Runtime, StateRoot, bundle, NewId());
        _containers.Add(container);
        return container;
    }

    /// <summary>Any command under this test's --root.</summary>
    protected RunResult Command(params string[] arguments)
    {
        return Runtime.Run(["--root", StateRoot, .. arguments]);
    }

    /// <summary>Any command under this test's --root, started in a special way.</summary>
    protected RunResult Command(RunOptions options, params string[] arguments)
    {
        return Runtime.Run(options, ["--root", StateRoot, .. arguments]);
    }

    /// <summary>Runs a bundle in the foreground, to its end.</summary>
    protected RunResult Run(Bundle bundle, RunOptions? options = null, params string[] flags)
    {
        bundle.Save();
        return Command(options ?? new RunOptions(), ["run", "--bundle", bundle.Path, .. flags, NewId()]);
    }

    /// <summary>What a script prints in a container of this bundle.</summary>
    protected string Inside(Bundle bundle, string script)
    {
        return Run(bundle.Sh(script)).Ok().Stdout.TrimEnd('\n');
    }
}

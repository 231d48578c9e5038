using System.Linq;
using System.Text;

namespace Csrun.Exec.Tests;

/// <summary>A test that runs further programs in a container.</summary>
public abstract class ExecTest : RuntimeTest
{
    /// <summary>A container whose first program waits.</summary>
    protected Container Running(Bundle? bundle = null)
    {
        return NewContainer((bundle ?? NewBundle()).Args("/bin/sleep", "1000")).Create().Start();
    }

    /// <summary>`exec` with flags and a program in it; the answer is the caller's business.</summary>
    protected RunResult Exec(Container container, string[] flags, params string[] program)
    {
        return Exec(new RunOptions(), container, flags, program);
    }

    /// <summary>The same, started in a special way.</summary>
    protected RunResult Exec(RunOptions options, Container container, string[] flags, params string[] program)
    {
        return Command(options, ["exec", .. flags, container.Id, .. program]);
    }

    /// <summary>The same for arguments that need not be UTF-8.</summary>
    protected RunResult Exec(Container container, byte[][] flags, params byte[][] program)
    {
        return Runtime.Run(
            new RunOptions(),
            [.. Bytes("--root", StateRoot, "exec"), .. flags, .. Bytes(container.Id), .. program]);
    }

    /// <summary>What a script prints, exec'd in a container with these flags.</summary>
    protected string Sh(Container container, string script, params string[] flags)
    {
        return Exec(container, flags, "/bin/sh", "-c", script).Ok().Stdout.TrimEnd('\n');
    }

    protected static byte[][] Bytes(params string[] texts)
    {
        return [.. texts.Select(Encoding.UTF8.GetBytes)];
    }
}

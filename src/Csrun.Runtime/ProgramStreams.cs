using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// What becomes standard input, output and error of a container's program in the place of the caller's.
/// </summary>
/// <param name="Input">Descriptor, 3 or more.</param>
/// <param name="Output">Descriptor, 3 or more.</param>
/// <param name="Error">Descriptor, 3 or more.</param>
public readonly record struct ProgramStreams(int Input, int Output, int Error)
{
    /// <summary>Puts them in their places. For the container's first process, whose copies they are.</summary>
    internal void Take()
    {
        KernelException.Check(Kernel.dup2(Input, 0), "dup2");
        KernelException.Check(Kernel.dup2(Output, 1), "dup2");
        KernelException.Check(Kernel.dup2(Error, 2), "dup2");
    }

    /// <summary>Closes the caller's copies.</summary>
    internal void Close()
    {
        Kernel.close(Input);
        Kernel.close(Output);
        Kernel.close(Error);
    }
}

using Csrun.Linux;
using Csrun.Runtime.Shim;

namespace Csrun.Shim;

/// <summary>The status file of the shim that writes it.</summary>
internal sealed class StatusFile
{
    private readonly Fd _file;
    private ShimStatus _status;

    /// <summary>Takes over what an earlier shim noted.</summary>
    public StatusFile(ShimDirectory directory)
    {
        _file = directory.OpenStatus(Kernel.O_RDWR);
        if (!ShimStatus.Read(_file.Number, out _status))
        {
            _file.Dispose();
            throw new KernelException("read", "shim/status", Errno.EINVAL);
        }
    }

    /// <summary>What is told; <see cref="Save"/> after a change.</summary>
    public ref ShimStatus Now => ref _status;

    /// <summary>Writes it where others see it. A failure has no cure here.</summary>
    public void Save()
    {
        try
        {
            _status.Write(_file.Number);
        }
        catch (KernelException)
        {
            // The file has its size already: what is left is a broken disk under the state root.
        }
    }
}

using System;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// The state on its way into a hook's standard input, as much at a time as the pipe takes. csrun keeps the reading end
/// too, so that a hook that does not read costs no error and no SIGPIPE.
/// </summary>
internal sealed class HookInput
{
    private readonly HookPipe _pipe;
    private readonly byte[] _state;
    private int _written;

    public HookInput(HookPipe pipe, byte[] state)
    {
        _pipe = pipe;
        _state = state;
        _ = Kernel.fcntl(pipe.WriteEnd, Kernel.F_SETFL, Kernel.O_NONBLOCK);
    }

    /// <summary>Writes what the pipe takes now.</summary>
    /// <returns>The end to wait for, or -1 when all is written, and the end closed.</returns>
    public int Feed()
    {
        while (_written < _state.Length)
        {
            int count = Kernel.write(_pipe.WriteEnd, _state.AsSpan(_written));
            if (count == -(int)Errno.EAGAIN)
            {
                return _pipe.WriteEnd;
            }

            _written = count < 0 ? _state.Length : _written + count;
        }

        _pipe.CloseWriteEnd();
        return -1;
    }
}

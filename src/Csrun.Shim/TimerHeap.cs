using System;

namespace Csrun.Shim;

/// <summary>Timers in a binary heap: the next deadline is first.</summary>
internal sealed class TimerHeap
{
    private const int FirstSize = 8;

    private LoopTimer[] _timers = new LoopTimer[FirstSize];
    private int _count;

    /// <summary>The timer with the next deadline; null where none is set.</summary>
    public LoopTimer? First => _count == 0 ? null : _timers[0];

    /// <summary>Adds a timer, or moves one that is in.</summary>
    public void Set(LoopTimer timer, long deadline)
    {
        Remove(timer);
        timer.Deadline = deadline;
        if (_count == _timers.Length)
        {
            Array.Resize(ref _timers, _count * 2);
        }

        Put(timer, _count++);
        Rise(timer.Place);
    }

    /// <summary>Takes a timer out; nothing happens where it is not in.</summary>
    public void Remove(LoopTimer timer)
    {
        int place = timer.Place;
        if (place < 0)
        {
            return;
        }

        timer.Place = -1;
        LoopTimer last = _timers[--_count];
        _timers[_count] = null!;
        if (last != timer)
        {
            Put(last, place);
            Rise(place);
            Sink(last.Place);
        }
    }

    private void Rise(int place)
    {
        while (place > 0 && _timers[place].Deadline < _timers[(place - 1) / 2].Deadline)
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void Sink(int place)
    {
        while (true)
        {
            int least = place;
            for (int child = (2 * place) + 1; child <= (2 * place) + 2 && child < _count; child++)
            {
                least = _timers[child].Deadline < _timers[least].Deadline ? child : least;
            }

            if (least == place)
            {
                return;
            }

            Swap(place, least);
            place = least;
        }
    }

    private void Swap(int one, int other)
    {
        LoopTimer timer = _timers[one];
        Put(_timers[other], one);
        Put(timer, other);
    }

    private void Put(LoopTimer timer, int place)
    {
        _timers[place] = timer;
        timer.Place = place;
    }
}

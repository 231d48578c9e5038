using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Shim.Tests;

/// <summary>The loop under both shims.</summary>
public sealed class EventLoopTests
{
    private readonly EventLoop _loop = new();

    [Fact]
    public void A_readable_descriptor_calls_its_handler()
    {
        using Ends pipe = new();
        uint seen = 0;
        _loop.Watch(pipe.Read, Kernel.EPOLLIN, events =>
        {
            seen = events;
            _loop.Stop();
        });
        Kernel.WriteAll(pipe.Write, "x"u8);

        _loop.Run();

        seen.Should().Be(Kernel.EPOLLIN);
    }

    [Fact]
    public void An_event_of_a_watch_that_ended_in_the_same_batch_is_dropped()
    {
        using Ends one = new();
        using Ends other = new();
        List<int> called = [];
        void Handle(int own, int others)
        {
            called.Add(own);
            _ = Kernel.read(own, new byte[1]);
            _loop.Unwatch(others);
            _loop.Watch(others, Kernel.EPOLLIN, _ => _loop.Stop());
        }

        _loop.Watch(one.Read, Kernel.EPOLLIN, _ => Handle(one.Read, other.Read));
        _loop.Watch(other.Read, Kernel.EPOLLIN, _ => Handle(other.Read, one.Read));
        Kernel.WriteAll(one.Write, "x"u8);
        Kernel.WriteAll(other.Write, "x"u8);

        _loop.Run();

        called.Should().ContainSingle();
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_deadlines()
    {
        // Each counts from where it is set: the distances outlast a thread that is held up in between.
        List<int> fired = [];
        foreach (int delay in new[] { 1600, 600, 1100, 100, 2100, 2600 })
        {
            _loop.Set(new LoopTimer(() => fired.Add(delay)), delay);
        }

        _loop.Set(new LoopTimer(_loop.Stop), 2900);
        _loop.Run();

        fired.Should().Equal(100, 600, 1100, 1600, 2100, 2600);
    }

    [Fact]
    public void A_timer_that_was_cancelled_or_set_later_does_not_fire_early()
    {
        List<string> fired = [];
        LoopTimer cancelled = new(() => fired.Add("cancelled"));
        LoopTimer later = new(_loop.Stop);
        LoopTimer between = new(() => fired.Add("between"));
        _loop.Set(cancelled, 1);
        _loop.Set(later, 2);
        _loop.Set(between, 20);
        _loop.Set(later, 50);
        _loop.Cancel(cancelled);

        _loop.Run();

        fired.Should().Equal("between");
    }

    [Fact]
    public void A_stop_before_the_run_ends_it_and_that_run_alone()
    {
        List<string> fired = [];
        _loop.Set(new LoopTimer(() => fired.Add("timer")), 0);
        _loop.Stop();

        _loop.Run();
        fired.Should().BeEmpty();

        _loop.Set(new LoopTimer(_loop.Stop), 1);
        _loop.Run();
        fired.Should().Equal("timer");
    }

    [Fact]
    public void A_stop_outlives_a_run_that_ends_by_an_exception()
    {
        using Ends pipe = new();
        Kernel.WriteAll(pipe.Write, "x"u8);
        _loop.Watch(pipe.Read, Kernel.EPOLLIN, _ =>
        {
            _loop.Stop();
            throw new InvalidOperationException("a handler's");
        });
        ((Action)_loop.Run).Should().Throw<InvalidOperationException>();

        ((Action)_loop.Run).Should().NotThrow("the loop was stopped");
    }

    private sealed class Ends : IDisposable
    {
        public Ends()
        {
            KernelException.Check(Kernel.pipe2(out int read, out int write, Kernel.O_CLOEXEC), "pipe2");
            (Read, Write) = (read, write);
        }

        public int Read { get; }

        public int Write { get; }

        public void Dispose()
        {
            Kernel.close(Read);
            Kernel.close(Write);
        }
    }
}

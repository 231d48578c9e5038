using System;
using System.Collections.Generic;
using Csrun.Shim.Messages.Events;
using Csrun.Shim.Messages.Ttrpc;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>
/// Sends events to containerd, one after the other and in order. Where containerd is away the first one waits and is
/// tried again, and the others wait behind it: what it hears, it hears in the order it happened.
/// </summary>
internal sealed class EventPublisher
{
    private const string Service = "containerd.services.events.ttrpc.v1.Events";
    private const int LimitMilliseconds = 5000;
    private const int MaxWaiting = 65536;
    private const int MaxRefusals = 5;
    private const int FirstPause = 250;
    private const int LongestPause = 10_000;

    private readonly EventLoop _loop;
    private readonly TtrpcClient? _client;
    private readonly string _namespace;
    private readonly Queue<Envelope> _waiting = [];
    private readonly LoopTimer _retry;
    private bool _isSending;
    private int _failures;
    private int _refusals;

    /// <summary>A publisher that is not connected yet.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="address">containerd's ttrpc socket; null drops all events.</param>
    /// <param name="containerdNamespace">The namespace of all events.</param>
    public EventPublisher(EventLoop loop, string? address, string containerdNamespace)
    {
        _loop = loop;
        _client = string.IsNullOrEmpty(address) ? null : new TtrpcClient(loop, address, LimitMilliseconds);
        _namespace = containerdNamespace;
        _retry = new LoopTimer(SendNext);
    }

    /// <summary>Whether everything was sent.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Called whenever the last waiting event was sent.</summary>
    public Action? OnEmpty { get; set; }

    /// <summary>Publishes an event.</summary>
    /// <param name="topic">Such as <c>/tasks/exit</c>.</param>
    /// <param name="type">The message's full name.</param>
    /// <param name="message">The message.</param>
    public void Publish(string topic, string type, IMessage message)
    {
        if (_client is null)
        {
            return;
        }

        if (_waiting.Count >= MaxWaiting && !_isSending)
        {
            // Hours without containerd: State tells what became of the containers.
            _ = _waiting.Dequeue();
        }

        _waiting.Enqueue(new Envelope
        {
            Timestamp = Timestamp.FromDateTime(DateTime.UtcNow),
            Namespace = _namespace,
            Topic = topic,
            Event = new Any { TypeUrl = type, Value = message.ToByteString() },
        });
        SendNext();
    }

    private void SendNext()
    {
        if (_isSending || _retry.IsSet || _waiting.Count == 0)
        {
            return;
        }

        Request request = new()
        {
            Service = Service,
            Method = "Forward",
            Payload = new ForwardRequest { Envelope = _waiting.Peek() }.ToByteString(),
        };
        request.Metadata.Add(new KeyValue { Key = "containerd-namespace-ttrpc", Value = _namespace });
        _isSending = true;
        _client!.Call(request, OnAnswer);
    }

    private void OnAnswer(bool isAnswered)
    {
        _isSending = false;
        if (isAnswered && (_client!.Refusal is null || ++_refusals >= MaxRefusals))
        {
            _failures = 0;
            _refusals = 0;
            _ = _waiting.Dequeue();
            SendNext();
            if (_waiting.Count == 0)
            {
                OnEmpty?.Invoke();
            }

            return;
        }

        // A connection that broke between two events is made anew at once.
        int pause = _failures == 0 ? 1 : Math.Min(LongestPause, FirstPause << Math.Min(_failures, 8));
        _failures++;
        _loop.Set(_retry, pause);
    }
}

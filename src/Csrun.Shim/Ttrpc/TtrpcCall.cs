using System;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Ttrpc;

/// <summary>
/// One call of a client, answered once, at once or later. What is answered after the client gave up, went away or ran
/// out of time goes nowhere.
/// </summary>
internal sealed class TtrpcCall
{
    private static readonly Empty s_empty = new();

    private readonly ServerSession _session;
    private readonly Request _request;

    internal TtrpcCall(ServerSession session, uint stream, Request request)
    {
        _session = session;
        Stream = stream;
        _request = request;
    }

    /// <summary>The call's number on its connection.</summary>
    public uint Stream { get; }

    /// <summary>The service's full name.</summary>
    public string Service => _request.Service;

    /// <summary>The method's bare name.</summary>
    public string Method => _request.Method;

    /// <summary>How long the client waits, in nanoseconds; 0 without a limit.</summary>
    public long TimeoutNanoseconds => _request.TimeoutNano;

    /// <summary>Whether it is over: answered, or nobody waits any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Called when nobody waits any more; not after an answer.</summary>
    public Action? OnAbandoned { get; set; }

    /// <summary>The time limit's timer, for the connection.</summary>
    internal LoopTimer? Deadline { get; set; }

    /// <summary>The request.</summary>
    /// <exception cref="TtrpcException">Internal: the payload is no such message.</exception>
    public T Read<T>()
        where T : IMessage<T>, new()
    {
        T message = new();
        try
        {
            message.MergeFrom(_request.Payload.Span);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new TtrpcException(StatusCode.Internal, "ttrpc: error unmarshalling payload: " + error.Message);
        }

        return message;
    }

    /// <summary>Answers with a message.</summary>
    public void Reply(IMessage message)
    {
        if (End())
        {
            bool isEmpty = message.CalculateSize() == 0;
            _session.Send(this, isEmpty ? new Response() : new Response { Payload = message.ToByteString() });
        }
    }

    /// <summary>Answers without a message.</summary>
    public void Reply()
    {
        Reply(s_empty);
    }

    /// <summary>Answers with a failure.</summary>
    public void Fail(StatusCode code, string message)
    {
        if (End())
        {
            _session.Send(this, new Response { Status = new Status { Code = (int)code, Message = message } });
        }
    }

    /// <summary>Answers with what an exception tells.</summary>
    public void Fail(Exception error)
    {
        Fail(error is TtrpcException known ? known.Code : StatusCode.Unknown, error.Message);
    }

    /// <summary>Nobody waits any more.</summary>
    internal void Abandon()
    {
        if (End())
        {
            OnAbandoned?.Invoke();
        }
    }

    /// <summary>The client's time is over: it is told, and whoever works on the call too.</summary>
    internal void Expire()
    {
        if (!IsOver)
        {
            Fail(StatusCode.DeadlineExceeded, "context deadline exceeded");
            OnAbandoned?.Invoke();
        }
    }

    private bool End()
    {
        bool isFirst = !IsOver;
        IsOver = true;
        return isFirst;
    }
}

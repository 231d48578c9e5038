using System;
using System.Collections.Generic;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;

namespace Csrun.Shim.Ttrpc;

/// <summary>
/// The server's side of one ttrpc connection, without the connection: bytes go in, calls come out, answers become
/// bytes. The rules are those of containerd's own server.
/// </summary>
internal sealed class ServerSession
{
    /// <summary>The most calls that one client may have waiting for an answer.</summary>
    public const int MaxCalls = 16384;

    private readonly Action<TtrpcCall> _handler;
    private readonly Dictionary<uint, TtrpcCall> _calls = [];
    private uint _lastStream;

    /// <summary>A new connection's session.</summary>
    /// <param name="handler">Takes each call; what it throws becomes the call's answer.</param>
    public ServerSession(Action<TtrpcCall> handler)
    {
        _handler = handler;
    }

    /// <summary>What came in.</summary>
    public FrameReader Input { get; } = new();

    /// <summary>What is to go out.</summary>
    public OutputQueue Output { get; } = new();

    /// <summary>How many calls wait for their answer.</summary>
    public int WaitingCalls => _calls.Count;

    /// <summary>Called for a call that was not answered at once, so that its time limit can be kept.</summary>
    public Action<TtrpcCall>? OnPending { get; set; }

    /// <summary>Called for a pending call that is over.</summary>
    public Action<TtrpcCall>? OnOver { get; set; }

    /// <summary>Called when an answer was added to the output.</summary>
    public Action? OnOutput { get; set; }

    /// <summary>Takes all frames that are complete.</summary>
    public void Process()
    {
        while (Input.TryRead(out Frame frame))
        {
            if (frame.IsTooLong)
            {
                Refuse(frame.Stream, StatusCode.ResourceExhausted, TtrpcException.TooLong(frame.Length));
            }
            else if (frame.Type == FrameType.Request)
            {
                Take(frame);
            }
            else if (frame.Type == FrameType.Data)
            {
                Refuse(frame.Stream, StatusCode.InvalidArgument, "StreamID is no longer active");
            }
        }
    }

    /// <summary>The connection is gone: nobody waits for the calls any more.</summary>
    public void Close()
    {
        TtrpcCall[] waiting = [.. _calls.Values];
        _calls.Clear();
        foreach (TtrpcCall call in waiting)
        {
            OnOver?.Invoke(call);
            call.Abandon();
        }
    }

    internal void Send(TtrpcCall call, Response response)
    {
        if (_calls.Remove(call.Stream))
        {
            OnOver?.Invoke(call);
        }

        Send(call.Stream, response);
    }

    private void Take(Frame frame)
    {
        if (frame.Stream % 2 == 0)
        {
            Refuse(frame.Stream, StatusCode.InvalidArgument, "StreamID must be odd for client initiated streams");
            return;
        }

        if (frame.Stream <= _lastStream)
        {
            Refuse(frame.Stream, StatusCode.InvalidArgument, "StreamID cannot be re-used and must increment");
            return;
        }

        _lastStream = frame.Stream;
        if (_calls.Count >= MaxCalls)
        {
            Refuse(frame.Stream, StatusCode.ResourceExhausted, "more than " + MaxCalls + " calls wait for an answer");
            return;
        }

        Request request;
        try
        {
            request = Message.Read<Request>(frame.Data);
        }
        catch (InvalidProtocolBufferException error)
        {
            Refuse(frame.Stream, StatusCode.InvalidArgument, "unmarshal request error: " + error.Message);
            return;
        }

        Handle(new TtrpcCall(this, frame.Stream, request));
    }

    private void Handle(TtrpcCall call)
    {
        _calls.Add(call.Stream, call);
        try
        {
            _handler(call);
        }
        catch (Exception error)
        {
            // One call's fault is told to its client; the others' containers go on.
            call.Fail(error);
        }

        if (!call.IsOver)
        {
            OnPending?.Invoke(call);
        }
    }

    private void Refuse(uint stream, StatusCode code, string message)
    {
        Send(stream, new Response { Status = new Status { Code = (int)code, Message = message } });
    }

    private void Send(uint stream, Response response)
    {
        try
        {
            Output.Add(stream, FrameType.Response, response);
        }
        catch (TtrpcException error)
        {
            Refuse(stream, error.Code, error.Message);
            return;
        }

        OnOutput?.Invoke();
    }
}

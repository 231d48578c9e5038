using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;

namespace Csrun.Ttrpc.Tests;

public sealed class ServerSessionTests
{
    [Fact]
    public void A_request_recorded_from_containerd_is_understood()
    {
        // Connect{id:"t1"} on stream 3, as containerd 1.6.20 sent it.
        byte[] recorded =
        [
            0, 0, 0, 0x28, 0, 0, 0, 3, 1, 0,
            0x0a, 0x17, .. Encoding.ASCII.GetBytes("containerd.task.v2.Task"),
            0x12, 0x07, .. Encoding.ASCII.GetBytes("Connect"), 0x1a, 0x04, 0x0a, 0x02, 0x74, 0x31,
        ];
        List<TtrpcCall> calls = [];
        Wire.Feed(new ServerSession(calls.Add), recorded);
        TtrpcCall call = calls.Should().ContainSingle().Which;
        (call.Stream, call.Service, call.Method, call.Read<ConnectRequest>().Id)
            .Should().Be((3u, "containerd.task.v2.Task", "Connect", "t1"));
    }

    [Fact]
    public void An_answer_has_the_bytes_that_the_reference_shim_sends()
    {
        ServerSession session = new(call => call.Reply(new ConnectResponse { ShimPid = 28773, TaskPid = 28786 }));
        Wire.Feed(session, Wire.Call(3, "s", "m"));
        Convert.ToHexString(session.Output.Waiting).Should().Be("0000000A000000030200120808E5E00110F2E001");
    }

    [Fact]
    public void An_empty_answer_is_a_header_alone()
    {
        ServerSession session = new(call => call.Reply());
        Wire.Feed(session, Wire.Call(5, "s", "m"));
        Convert.ToHexString(session.Output.Waiting).Should().Be("00000000000000050200");
    }

    [Fact]
    public void A_failure_has_the_bytes_that_the_reference_shim_sends()
    {
        ServerSession session = new(_ => throw new TtrpcException(StatusCode.Unknown, "cannot exec in a paused state"));
        Wire.Feed(session, Wire.Call(1, "s", "m"));
        Convert.ToHexString(session.Output.Waiting[10..])
            .Should().Be("0A210802121D" + Convert.ToHexString("cannot exec in a paused state"u8));
    }

    [Fact]
    public void A_frame_of_the_largest_size_is_taken()
    {
        int length = 0;
        ServerSession session = new(call => length = call.Read<UpdateTaskRequest>().Resources.Value.Length);
        Request request = new()
        {
            Service = "s",
            Method = "m",
            Payload = new UpdateTaskRequest
            {
                Resources = new Google.Protobuf.WellKnownTypes.Any
                {
                    Value = ByteString.CopyFrom(new byte[Frame.MaxLength - 64]),
                },
            }.ToByteString(),
        };
        Wire.Feed(session, Wire.Frame(1, 1, request.ToByteArray()));
        length.Should().Be(Frame.MaxLength - 64);
    }

    [Fact]
    public void A_frame_over_the_limit_is_refused_and_the_connection_goes_on()
    {
        ServerSession session = new(call => call.Reply());
        Wire.Feed(session, Wire.Frame(1, 1, new byte[Frame.MaxLength + 1]));
        Wire.Feed(session, Wire.Call(3, "s", "m"));
        List<(uint Stream, Response Response)> answers = Wire.Answers(session);
        answers.Select(a => (a.Stream, a.Response.Status?.Code)).Should().Equal((1u, 8), (3u, null));
        answers[0].Response.Status!.Message
            .Should().Be("message length 4194305 exceed maximum message size of 4194304");
    }

    [Fact]
    public void A_claimed_length_alone_costs_no_memory()
    {
        ServerSession session = new(_ => { });
        long before = GC.GetAllocatedBytesForCurrentThread();
        Wire.Feed(session, [0, 0x40, 0, 0, 0, 0, 0, 1, 1, 0]);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(64 << 10);
    }

    [Theory]
    [InlineData(2u, 1, 3)]
    [InlineData(1u, 3, 3)]
    public void A_frame_that_breaks_the_rules_gets_its_code(uint stream, byte type, int code)
    {
        ServerSession session = new(call => call.Reply());
        Wire.Feed(session, Wire.Frame(stream, type, []));
        Wire.Answers(session).Should().ContainSingle().Which.Response.Status.Code.Should().Be(code);
    }

    [Fact]
    public void A_stream_number_cannot_be_used_again()
    {
        ServerSession session = new(call => call.Reply());
        Wire.Feed(session, [.. Wire.Call(5, "s", "m"), .. Wire.Call(5, "s", "m"), .. Wire.Call(3, "s", "m")]);
        Wire.Answers(session).Select(a => a.Response.Status?.Code).Should().Equal(null, 3, 3);
    }

    [Fact]
    public void An_unknown_frame_type_is_ignored()
    {
        ServerSession session = new(call => call.Reply());
        Wire.Feed(session, [.. Wire.Frame(1, 9, [1, 2, 3]), .. Wire.Call(3, "s", "m")]);
        Wire.Answers(session).Should().ContainSingle().Which.Stream.Should().Be(3);
    }

    [Fact]
    public void A_request_that_does_not_parse_is_an_invalid_argument()
    {
        ServerSession session = new(call => call.Reply());
        Wire.Feed(session, Wire.Frame(1, 1, [0x0a, 0x7f, 0x01]));
        Response response = Wire.Answers(session).Should().ContainSingle().Which.Response;
        (response.Status.Code, response.Status.Message[..24]).Should().Be((3, "unmarshal request error:"));
    }

    [Fact]
    public void A_payload_that_does_not_parse_is_an_internal_error()
    {
        ServerSession session = new(call => call.Read<ConnectRequest>());
        Wire.Feed(session, Wire.Call(1, "s", "m", [0x0a, 0x7f, 0x01]));
        Response response = Wire.Answers(session).Should().ContainSingle().Which.Response;
        (response.Status.Code, response.Status.Message[..35]).Should().Be((13, "ttrpc: error unmarshalling payload:"));
    }

    [Fact]
    public void Answers_may_come_in_any_order()
    {
        List<TtrpcCall> calls = [];
        ServerSession session = new(calls.Add);
        Wire.Feed(session, [.. Wire.Call(1, "s", "m"), .. Wire.Call(3, "s", "m"), .. Wire.Call(5, "s", "m")]);
        calls[2].Reply();
        calls[0].Reply();
        calls[1].Reply();
        Wire.Answers(session).Select(a => a.Stream).Should().Equal(5, 1, 3);
    }

    [Fact]
    public void A_call_is_answered_once()
    {
        ServerSession session = new(call =>
        {
            call.Reply();
            call.Fail(StatusCode.Unknown, "again");
        });
        Wire.Feed(session, Wire.Call(1, "s", "m"));
        Wire.Answers(session).Should().ContainSingle().Which.Response.Status.Should().BeNull();
    }

    [Fact]
    public void Too_many_waiting_calls_are_refused()
    {
        ServerSession session = new(_ => { });
        for (uint i = 0; i <= ServerSession.MaxCalls; i++)
        {
            Wire.Feed(session, Wire.Call((2 * i) + 1, "s", "m"));
        }

        (session.WaitingCalls, Wire.Answers(session).Single().Response.Status.Code)
            .Should().Be((ServerSession.MaxCalls, 8));
    }

    [Fact]
    public void A_closed_connection_abandons_its_calls()
    {
        int abandoned = 0;
        ServerSession session = new(call => call.OnAbandoned = () => abandoned++);
        Wire.Feed(session, [.. Wire.Call(1, "s", "m"), .. Wire.Call(3, "s", "m")]);
        session.Close();
        (abandoned, session.WaitingCalls).Should().Be((2, 0));
    }

    [Fact]
    public void An_answer_over_the_limit_becomes_a_failure()
    {
        ServerSession session = new(
            call => call.Reply(new ConnectResponse { Version = new string('x', Frame.MaxLength) }));
        Wire.Feed(session, Wire.Call(1, "s", "m"));
        Wire.Answers(session).Should().ContainSingle().Which.Response.Status.Code.Should().Be(8);
    }
}

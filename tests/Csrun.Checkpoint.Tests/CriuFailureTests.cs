using Csrun.Checkpoint.Messages;
using Csrun.Linux;

namespace Csrun.Checkpoint.Tests;

/// <summary>How criu's failures are told.</summary>
public sealed class CriuFailureTests
{
    private static readonly Kernel.ExitInfo s_failed = new(1, Kernel.CLD_EXITED, 3);

    [Fact]
    public void An_answer_is_told_as_runc_does_with_what_the_errno_means()
    {
        CriuAnswer answer = new() { Type = CriuTask.Dump, CrErrno = 22, CrErrmsg = "Error (a.c:1): no\n" };

        CriuFailure.Of(answer, s_failed, "/nowhere", "dump.log").Message.Should().Be(
            "criu failed: type DUMP errno 22 (invalid argument): Error (a.c:1): no\nlog file: /nowhere/dump.log");
    }

    [Fact]
    public void Without_an_answer_its_end_is_told()
    {
        CriuFailure.Of(null, s_failed, "/nowhere", "dump.log").Message.Should().StartWith("criu failed: exit code 3\n");
        CriuFailure.Of(null, new Kernel.ExitInfo(1, 2, 9), "/n", "d").Message
            .Should().StartWith("criu failed: killed by signal 9\n");
    }

    [Fact]
    public void A_timeout_is_known_by_its_message()
    {
        CriuAnswer answer = new() { CrErrmsg = "Error (criu/cr-dump.c:1739): Timeout reached. Try to interrupt: 0\n" };

        CriuFailure.IsTimeout(answer).Should().BeTrue();
        CriuFailure.IsTimeout(new CriuAnswer { CrErrmsg = "Error (a.c:1): no\n" }).Should().BeFalse();
        CriuFailure.IsTimeout(null).Should().BeFalse();
    }

    [Fact]
    public void Of_its_log_the_last_errors_are_told()
    {
        string log = "(0.1) fine\n(0.2) Error (a.c:1): 1\n(0.3) Warn\n";
        for (int i = 2; i < 8; i++)
        {
            log += "Error (a.c:1): " + i + "\n";
        }

        CriuFailure.Errors(log).Should().Equal(
            "Error (a.c:1): 3", "Error (a.c:1): 4", "Error (a.c:1): 5", "Error (a.c:1): 6", "Error (a.c:1): 7");
        CriuFailure.Errors("fine\n").Should().BeEmpty();
    }
}

namespace Csrun.Spec.Tests;

/// <summary>config.md, Process: what is refused, and that the nearest thing that is right is not.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData("""{"args":["a"]}""", "process.cwd: missing")]
    [InlineData("""{"args":["a"],"cwd":""}""", "process.cwd: expected an absolute path, found \"\"")]
    [InlineData("""{"args":["a"],"cwd":"usr/bin"}""", "process.cwd: expected an absolute path, found \"usr/bin\"")]
    [InlineData("""{"cwd":"/"}""", "process.args: missing")]
    [InlineData("""{"cwd":"/","args":[]}""", "process.args: expected at least 1 entry, found none")]
    public void Needs_a_program_and_a_directory(string process, string fault)
    {
        Readings.FaultsOfTop($"\"process\":{process}").Should().Equal(fault);
    }

    [Theory]
    [InlineData("\"env\":[\"A=1\",\"B\"]", "process.env[1]: expected NAME=value")]
    [InlineData("\"env\":[\"=x\"]", "process.env[0]: expected NAME=value")]
    [InlineData("\"env\":[\"\"]", "process.env[0]: expected NAME=value")]
    [InlineData("\"user\":{\"uid\":4294967295}", "process.user.uid: expected 0 to 4294967294, found 4294967295")]
    [InlineData("\"user\":{\"gid\":4294967295}", "process.user.gid: expected 0 to 4294967294, found 4294967295")]
    [InlineData("\"user\":{\"umask\":512}", "process.user.umask: expected 0 to 511, found 512")]
    [InlineData(
        "\"user\":{\"additionalGids\":[0,4294967295]}",
        "process.user.additionalGids[1]: expected 0 to 4294967294, found 4294967295")]
    [InlineData("\"oomScoreAdj\":1001", "process.oomScoreAdj: expected -1000 to 1000, found 1001")]
    [InlineData("\"oomScoreAdj\":-1001", "process.oomScoreAdj: expected -1000 to 1000, found -1001")]
    [InlineData(
        "\"terminal\":true,\"consoleSize\":{\"height\":65536,\"width\":1}",
        "process.consoleSize.height: expected 0 to 65535, found 65536")]
    [InlineData(
        "\"terminal\":true,\"consoleSize\":{\"height\":1,\"width\":65536}",
        "process.consoleSize.width: expected 0 to 65535, found 65536")]
    [InlineData("\"terminal\":true,\"consoleSize\":{\"width\":1}", "process.consoleSize.height: missing")]
    [InlineData("\"terminal\":true,\"consoleSize\":{\"height\":1}", "process.consoleSize.width: missing")]
    [InlineData(
        "\"rlimits\":[{\"type\":\"RLIMIT_NOSUCH\",\"hard\":1,\"soft\":1}]",
        "process.rlimits[0].type: expected a limit RLIMIT_* of getrlimit(2), found \"RLIMIT_NOSUCH\"")]
    [InlineData(
        "\"rlimits\":[{\"type\":\"CPU\",\"hard\":1,\"soft\":1}]",
        "process.rlimits[0].type: expected a limit RLIMIT_* of getrlimit(2), found \"CPU\"")]
    [InlineData(
        "\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":1},{\"type\":\"RLIMIT_CPU\",\"hard\":2,"
            + "\"soft\":2}]",
        "process.rlimits[1].type: \"RLIMIT_CPU\" given twice")]
    [InlineData("\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":1}]", "process.rlimits[0].hard: missing")]
    [InlineData("\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"hard\":1}]", "process.rlimits[0].soft: missing")]
    [InlineData(
        "\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":2}]",
        "process.rlimits[0].soft: expected at most 1 (hard), found 2")]
    [InlineData("\"ioPriority\":{\"priority\":1}", "process.ioPriority.class: missing")]
    [InlineData(
        "\"ioPriority\":{\"class\":\"best\",\"priority\":1}",
        "process.ioPriority.class: expected one of: IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE, found "
            + "\"best\"")]
    [InlineData(
        "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}",
        "process.ioPriority.priority: expected 0 to 7, found 8")]
    [InlineData(
        "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":-1}",
        "process.ioPriority.priority: expected 0 to 7, found -1")]
    [InlineData(
        "\"execCPUAffinity\":{\"initial\":\"a\"}",
        "process.execCPUAffinity.initial: expected a list like 0-3,7, found \"a\"")]
    [InlineData(
        "\"execCPUAffinity\":{\"final\":\"3-1\"}",
        "process.execCPUAffinity.final: expected a list like 0-3,7, found \"3-1\"")]
    public void Refuses_what_the_kernel_cannot_do(string members, string fault)
    {
        Readings.FaultsOfProcess(members).Should().Equal(fault);
    }

    [Theory]
    [InlineData("\"env\":[\"A=\",\"B==\",\"C D=x\"]")]
    [InlineData("\"user\":{\"uid\":4294967294,\"gid\":0,\"umask\":511,\"additionalGids\":[0,4294967294]}")]
    [InlineData("\"oomScoreAdj\":-1000")]
    [InlineData("\"consoleSize\":{\"height\":99999}")] // means nothing without a terminal
    [InlineData("\"terminal\":true,\"consoleSize\":{\"height\":0,\"width\":65535}")]
    [InlineData("\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"hard\":18446744073709551615,\"soft\":18446744073709551615}]")]
    [InlineData("\"capabilities\":{\"bounding\":[\"CAP_NOSUCH\"]}")] // a warning
    [InlineData("\"ioPriority\":{\"class\":\"IOPRIO_CLASS_IDLE\"}")]
    [InlineData("\"execCPUAffinity\":{\"initial\":\"0-3, 7\",\"final\":\"\"}")]
    [InlineData("\"username\":\"x\",\"commandLine\":\"y\"")]
    public void Accepts_the_edges(string members)
    {
        Readings.FaultsOfProcess(members).Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"nice\":1", "policy: missing")]
    [InlineData(
        "\"policy\":\"OTHER\"",
        "policy: expected one of: SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_ISO, SCHED_IDLE, "
            + "SCHED_DEADLINE, found \"OTHER\"")]
    [InlineData("\"policy\":\"SCHED_OTHER\",\"nice\":20", "nice: expected -20 to 19, found 20")]
    [InlineData("\"policy\":\"SCHED_BATCH\",\"nice\":-21", "nice: expected -20 to 19, found -21")]
    [InlineData("\"policy\":\"SCHED_OTHER\",\"priority\":1", "priority: expected 0 with SCHED_OTHER, found 1")]
    [InlineData("\"policy\":\"SCHED_IDLE\",\"priority\":1", "priority: expected 0 with SCHED_IDLE, found 1")]
    [InlineData("\"policy\":\"SCHED_FIFO\"", "priority: expected 1 to 99, found 0")]
    [InlineData("\"policy\":\"SCHED_RR\",\"priority\":100", "priority: expected 1 to 99, found 100")]
    [InlineData(
        "\"policy\":\"SCHED_DEADLINE\",\"runtime\":1023,\"deadline\":2000",
        "runtime: expected at least 1024, found 1023")]
    [InlineData(
        "\"policy\":\"SCHED_DEADLINE\",\"runtime\":2000,\"deadline\":1999",
        "deadline: expected at least 2000 (runtime), found 1999")]
    [InlineData(
        "\"policy\":\"SCHED_DEADLINE\",\"runtime\":2000,\"deadline\":3000,\"period\":2999",
        "period: expected at least 3000 (deadline), found 2999")]
    [InlineData(
        "\"policy\":\"SCHED_OTHER\",\"flags\":[\"SCHED_FLAG_RESET_ON_FORK\",\"RESET\"]",
        "flags[1]: expected one of: SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, "
            + "SCHED_FLAG_KEEP_POLICY, SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX, "
            + "found \"RESET\"")]
    public void Refuses_scheduling_that_the_kernel_would_refuse(string members, string fault)
    {
        Readings.FaultsOfProcess($"\"scheduler\":{{{members}}}").Should().Equal("process.scheduler." + fault);
    }

    [Theory]
    [InlineData("runtime")]
    [InlineData("deadline")]
    [InlineData("period")]
    public void Refuses_deadlines_with_other_policies(string member)
    {
        Readings.FaultsOfProcess($"\"scheduler\":{{\"policy\":\"SCHED_OTHER\",\"{member}\":1}}")
            .Should().Equal("process.scheduler: runtime, deadline and period need SCHED_DEADLINE");
    }

    [Theory]
    [InlineData("\"policy\":\"SCHED_OTHER\",\"nice\":-20")]
    [InlineData("\"policy\":\"SCHED_IDLE\",\"nice\":100")] // nice counts for OTHER and BATCH only
    [InlineData("\"policy\":\"SCHED_FIFO\",\"priority\":99")]
    [InlineData("\"policy\":\"SCHED_DEADLINE\",\"runtime\":1024,\"deadline\":1024")]
    [InlineData("\"policy\":\"SCHED_DEADLINE\",\"runtime\":1024,\"deadline\":2048,\"period\":4096")]
    public void Accepts_every_sensible_scheduling(string members)
    {
        Readings.FaultsOfProcess($"\"scheduler\":{{{members}}}").Should().BeEmpty();
    }
}

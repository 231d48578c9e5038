namespace Csrun.Spec.Tests;

/// <summary>config-linux.md, Seccomp.</summary>
public sealed class SeccompTests
{
    private const string Actions = "expected one of: SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL_PROCESS, "
        + "SCMP_ACT_TRAP, SCMP_ACT_ERRNO, SCMP_ACT_TRACE, SCMP_ACT_NOTIFY, SCMP_ACT_LOG, SCMP_ACT_ALLOW, found";

    private const string Allow = "\"defaultAction\":\"SCMP_ACT_ALLOW\",";

    [Theory]
    [InlineData("\"flags\":[]", ".defaultAction: missing")]
    [InlineData("\"defaultAction\":\"ALLOW\"", ".defaultAction: " + Actions + " \"ALLOW\"")]
    [InlineData(Allow + "\"defaultErrnoRet\":1", ".defaultErrnoRet: SCMP_ACT_ALLOW takes no errno")]
    [InlineData(
        "\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":65536",
        ".defaultErrnoRet: expected 0 to 65535, found 65536")]
    [InlineData(
        Allow + "\"architectures\":[\"SCMP_ARCH_X86\",\"x86\"]",
        ".architectures[1]: expected an architecture SCMP_ARCH_*, found \"x86\"")]
    [InlineData(
        Allow + "\"flags\":[\"NEW_LISTENER\"]",
        ".flags[0]: expected one of: SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG, "
            + "SECCOMP_FILTER_FLAG_SPEC_ALLOW, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, found \"NEW_LISTENER\"")]
    [InlineData(Allow + "\"listenerMetadata\":\"x\"", ".listenerMetadata: needs listenerPath")]
    [InlineData(
        "\"defaultAction\":\"SCMP_ACT_NOTIFY\",\"listenerPath\":\"/x\"",
        ".defaultAction: SCMP_ACT_NOTIFY cannot be for all calls: write must work for an error to be told before the "
            + "agent listens")]
    [InlineData(
        Allow + "\"listenerPath\":\"/x\",\"syscalls\":[{\"names\":[\"a\",\"write\"],\"action\":\"SCMP_ACT_NOTIFY\"}]",
        ".syscalls[0].names[1]: SCMP_ACT_NOTIFY cannot be for write: write must work for an error to be told before "
            + "the agent listens")]
    [InlineData(
        Allow + "\"syscalls\":[{\"names\":[\"a\",\"\"],\"action\":\"SCMP_ACT_LOG\"}]",
        ".syscalls[0].names[1]: is empty")]
    [InlineData(Allow + "\"syscalls\":[{}]", ".syscalls[0].names: missing", ".syscalls[0].action: missing")]
    [InlineData(
        Allow + "\"syscalls\":[{\"names\":[],\"action\":\"SCMP_ACT_LOG\"}]",
        ".syscalls[0].names: expected at least 1 entry, found none")]
    [InlineData(
        Allow + "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"errnoRet\":1}]",
        ".syscalls[0].errnoRet: SCMP_ACT_LOG takes no errno")]
    [InlineData(
        Allow + "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"args\":[{}]}]",
        ".syscalls[0].args[0].index: missing",
        ".syscalls[0].args[0].value: missing",
        ".syscalls[0].args[0].op: missing")]
    [InlineData(
        Allow + "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"args\":[{\"index\":6,\"value\":1,"
            + "\"op\":\"SCMP_CMP_EQ\"}]}]",
        ".syscalls[0].args[0].index: expected 0 to 5, found 6")]
    [InlineData(
        Allow + "\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"args\":[{\"index\":1,\"value\":1,"
            + "\"op\":\"==\"}]}]",
        ".syscalls[0].args[0].op: expected one of: SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_EQ, "
            + "SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ, found \"==\"")]
    public void Refuses_each_by_its_place(string members, params string[] faults)
    {
        Readings.FaultsOfLinux($"\"seccomp\":{{{members}}}")
            .Should().Equal(System.Array.ConvertAll(faults, fault => "linux.seccomp" + fault));
    }

    [Theory]
    [InlineData("\"defaultAction\":\"SCMP_ACT_ALLOW\"")]
    [InlineData("\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38")]
    [InlineData(Allow + "\"syscalls\":[{\"names\":[\"no_such_call\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":0}]")]
    [InlineData(
        Allow + "\"listenerPath\":\"/x\",\"listenerMetadata\":\"y\",\"syscalls\":[{\"names\":[\"a\"],"
            + "\"action\":\"SCMP_ACT_NOTIFY\",\"args\":[]}]")]
    [InlineData(Allow + "\"flags\":[],\"architectures\":[],\"syscalls\":[]")]
    public void Accepts_the_edges(string members)
    {
        Readings.FaultsOfLinux($"\"seccomp\":{{{members}}}").Should().BeEmpty();
    }
}

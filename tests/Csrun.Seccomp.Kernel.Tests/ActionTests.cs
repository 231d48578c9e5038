using System;
using System.IO;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Csrun.Seccomp.Kernel.Tests;

/// <summary>What the kernel does on each action, flag and architecture, in real containers.</summary>
public sealed class ActionTests : SeccompTest
{
    private const string GetUid = "102";

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_startContainer_hook_meets_the_filter(bool noNewPrivileges)
    {
        Bundle bundle = Filtered("{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\"}").WritableRoot()
            .Sh("echo ran");
        bundle.Process["noNewPrivileges"] = noNewPrivileges;
        bundle.Config["hooks"] = JsonNode.Parse("""
            {"startContainer":[{"path":"/bin/sh","args":["sh","-c","mkdir /made; echo > /seen"],"env":["PATH=/bin"]}]}
            """);

        Run(bundle).Ok().Stdout.Should().Be("ran\n");

        Directory.Exists(Path.Combine(bundle.Rootfs, "made")).Should().BeFalse();
        File.Exists(Path.Combine(bundle.Rootfs, "seen")).Should().BeTrue();
    }
    private const string Personality = "135";
    private const string FileGetattr = "468";
    private const int KilledBySigsys = 128 + 31;

    [RootTheory]
    [InlineData("\"action\":\"SCMP_ACT_ERRNO\"", -1)]
    [InlineData("\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":13", -13)]
    [InlineData("\"action\":\"SCMP_ACT_TRACE\"", -38)]
    [InlineData("\"action\":\"SCMP_ACT_LOG\"", 0)]
    [InlineData("\"action\":\"SCMP_ACT_ALLOW\"", 0)]
    public void The_call_returns(string action, long result)
    {
        Result(Filtered("{\"names\":[\"getuid\"]," + action + "}"), GetUid).Should().Be(result);
    }

    [RootTheory]
    [InlineData("SCMP_ACT_KILL")]
    [InlineData("SCMP_ACT_KILL_THREAD")]
    [InlineData("SCMP_ACT_KILL_PROCESS")]
    [InlineData("SCMP_ACT_TRAP")]
    public void The_program_dies_of_SIGSYS(string action)
    {
        Bundle bundle = Filtered("{\"names\":[\"getuid\"],\"action\":\"" + action + "\"}");

        Death(bundle, GetUid).Should().Be(KilledBySigsys);
        Result(bundle, "39").Should().Be(1);
    }

    [RootFact]
    public void The_default_action_has_its_own_errno()
    {
        Bundle bundle = Filtered(
            "{\"names\":[\"no_such_call\",\"file_setattr\"],\"action\":\"SCMP_ACT_ALLOW\"}",
            "\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":71");
        bundle.Linux["seccomp"]!["syscalls"]![0]!["names"] = JsonNode.Parse(
            "[\"execve\",\"write\",\"exit_group\",\"brk\",\"arch_prctl\",\"set_tid_address\",\"set_robust_list\","
            + "\"rseq\",\"prlimit64\",\"readlinkat\",\"getrandom\",\"mprotect\",\"newfstatat\",\"file_setattr\"]");

        bundle.Process["noNewPrivileges"] = true;
        Result(bundle, GetUid).Should().Be(-71);
    }

    [RootTheory]
    [InlineData("SCMP_CMP_EQ", "0x200000005", "", "0x200000005", true)]
    [InlineData("SCMP_CMP_EQ", "0x200000005", "", "0x5", false)]
    [InlineData("SCMP_CMP_NE", "0x200000005", "", "0x100000005", true)]
    [InlineData("SCMP_CMP_LT", "0x200000005", "", "0x1ffffffff", true)]
    [InlineData("SCMP_CMP_LE", "0x200000005", "", "0x200000006", false)]
    [InlineData("SCMP_CMP_GE", "0x200000005", "", "0x200000005", true)]
    [InlineData("SCMP_CMP_GT", "0x200000005", "", "0x8000000000000000", true)]
    [InlineData("SCMP_CMP_MASKED_EQ", "0xf0000000f", "0x100000002", "0xff200000042", false)]
    [InlineData("SCMP_CMP_MASKED_EQ", "0xf0000000f", "0x100000002", "0xff1000000f2", true)]
    public void A_condition_compares_64_bits(string op, string value, string second, string argument, bool matches)
    {
        string valueTwo = second.Length == 0 ? "0" : Decimal(second);
        Bundle bundle = Filtered(
            "{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":3,\"value\":" + Decimal(value)
            + ",\"valueTwo\":" + valueTwo + ",\"op\":\"" + op + "\"}]}");

        Result(bundle, GetUid, "0", "0", "0", argument).Should().Be(matches ? -1 : 0);
    }

    [RootFact]
    public void A_logged_call_is_in_the_kernels_log()
    {
        Container container = NewContainer(
            Filtered("{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_LOG\"}").Sh("exec call 110"));
        container.Create();
        int pid = container.Pid;
        container.Start();
        container.Await();

        if (Programs.Run("dmesg").Ok().Stdout.Contains("audit: type=", StringComparison.Ordinal))
        {
            Regex record = new($"audit: type=1326 .* pid={pid} comm=\"call\" .* syscall=110 .*code=0x7ffc0000");
            Wait.Until(() => Programs.Run("dmesg").Ok().Stdout, record.IsMatch);
        }
    }

    [RootFact]
    public void A_call_of_an_architecture_that_is_not_listed_kills()
    {
        Bundle bundle = Filtered("{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\"}");

        Death(bundle, "32", "24").Should().Be(KilledBySigsys);
        Death(bundle, "x32", GetUid).Should().Be(KilledBySigsys);
    }

    [RootFact]
    public void Calls_of_all_listed_architectures_are_filtered()
    {
        Bundle bundle = Filtered(
            "{\"names\":[\"getuid\",\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":99}",
            "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]");

        Result(bundle, GetUid).Should().Be(-99);
        Result(bundle, "32", "24").Should().Be(-99);
        Result(bundle, "32", "359", "1").Should().Be(-99);
        Result(bundle, "32", "102", "1").Should().Be(-99);
        Result(bundle, "32", "102", "2").Should().NotBe(-99);
        Result(bundle, "x32", GetUid).Should().Be(-99);
    }

    [RootTheory]
    [InlineData("docker/default/create/config.json")]
    [InlineData("podman/default/create/config.json")]
    [InlineData("ctr/seccomp/config.json")]
    public void Under_an_engines_profile_newer_calls_are_not_implemented_and_others_forbidden(string path)
    {
        Bundle bundle = Filtered(string.Empty);
        bundle.Linux["seccomp"] = Recorded(path);

        Result(bundle, FileGetattr).Should().Be(-38);
        Result(bundle, Personality, "0x20008").Should().Be(0);
        Result(bundle, Personality, "1").Should().BeOneOf(-1, -38);
        Run(bundle.Sh("grep Seccomp: /proc/self/status")).Ok().Stdout.Should().Be("Seccomp:\t2\n");
    }

    [RootTheory]
    [InlineData(null)]
    [InlineData("[]")]
    [InlineData("[\"SECCOMP_FILTER_FLAG_LOG\"]")]
    [InlineData(
        "[\"SECCOMP_FILTER_FLAG_TSYNC\",\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\","
        + "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]")]
    public void Every_flag_can_be_asked_for(string? flags)
    {
        string others = "\"defaultAction\":\"SCMP_ACT_ALLOW\"" + (flags is null ? string.Empty : ",\"flags\":" + flags);

        Result(Filtered("{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\"}", others), GetUid).Should().Be(-1);
    }

    [RootFact]
    public void Speculation_is_mitigated_where_no_flags_are_asked_for()
    {
        Bundle bundle = Filtered("{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\"}");
        string byDefault = Run(bundle.Sh("grep Speculation_Store /proc/self/status")).Stdout;
        bundle.Linux["seccomp"]!["flags"] = new JsonArray();
        string withNone = Run(bundle.Sh("grep Speculation_Store /proc/self/status")).Stdout;

        byDefault.Should().NotContain("force mitigated");
        withNone.Should().Match("*").And.NotBeEmpty();
    }

    [RootFact]
    public void The_filter_is_loaded_without_no_new_privileges_too()
    {
        Bundle bundle = Filtered(string.Empty).User(1000, 1000);
        bundle.Linux["seccomp"] = Recorded("docker/default/create/config.json");
        bundle.Process["noNewPrivileges"] = false;

        Run(bundle.Sh("grep -E '^(Uid|NoNewPrivs|Seccomp|CapPrm):' /proc/self/status")).Ok().Lines.Should().Equal(
            "Uid:\t1000\t1000\t1000\t1000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t0", "Seccomp:\t2");
    }

    [RootFact]
    public void With_no_new_privileges_the_filter_need_allow_only_what_the_program_does()
    {
        Bundle bundle = Filtered(
            "{\"names\":[\"setresuid\",\"setresgid\",\"setgroups\",\"capset\",\"prctl\",\"rt_sigaction\","
            + "\"close_range\",\"rt_sigprocmask\",\"seccomp\",\"fchown\",\"umask\"],"
            + "\"action\":\"SCMP_ACT_KILL_PROCESS\"}")
            .User(1000, 1000);
        bundle.Process["noNewPrivileges"] = true;

        Result(bundle, GetUid).Should().Be(1000);
    }

    [RootFact]
    public void Exec_has_the_same_filter()
    {
        Bundle bundle = Filtered("{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":42}");
        Container container = NewContainer(bundle.Sh("sleep 100")).Create().Start();

        container.Do("exec", container.Id, "/bin/call", GetUid).Ok().Stdout.Should().Be("-42\n");
        container.Do("exec", "--no-new-privs", container.Id, "/bin/call", GetUid).Ok().Stdout.Should().Be("-42\n");
        container.Kill().Ok();
    }

    [RootFact]
    public void A_program_that_is_not_there_is_told_under_a_filter_too()
    {
        Run(Filtered(string.Empty, "\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\"").Args("/nowhere"))
            .Exits(1).Message.Should().Contain("exec: \"/nowhere\": stat /nowhere: no such file or directory");
    }

    [CsrunFact]
    public void An_execve_that_the_filter_forbids_is_told()
    {
        Bundle bundle = Filtered("{\"names\":[\"execve\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":71}");
        bundle.Process["noNewPrivileges"] = true;

        Run(bundle.Sh("true")).Exits(1).Message.Should().Contain("EPROTO");
    }

    [CsrunFact]
    public void Unknown_names_are_skipped_with_a_warning_or_refused_by_crun_s_annotation()
    {
        Bundle bundle = Filtered("{\"names\":[\"no_such_call\",\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\"}");

        RunResult skipped = Run(bundle.Args("/bin/call", GetUid)).Ok();
        skipped.Stdout.Should().Be("-1\n");
        bundle.Config["annotations"] = new JsonObject { ["run.oci.seccomp_fail_unknown_syscall"] = "1" };
        Run(bundle).Exits(1).Message.Should().Contain("linux.seccomp.syscalls").And.Contain("no_such_call");
    }

    [CsrunFact]
    public void Plugins_are_refused_by_name()
    {
        Bundle bundle = Filtered(string.Empty);
        bundle.Config["annotations"] = new JsonObject { ["run.oci.seccomp.plugins"] = "/x.so" };

        Run(bundle).Exits(1).Message.Should().Contain("annotations[run.oci.seccomp.plugins]");
    }

    [CsrunFact]
    public void A_program_of_one_s_own_can_come_as_an_annotation()
    {
        // LD nr; JEQ getuid, 0, 1; RET ERRNO|7; RET ALLOW
        ulong[] program = [0x20, 0x0000_0066_0100_0015, 0x0005_0007_0000_0006, 0x7FFF_0000_0000_0006];
        Bundle bundle = Filtered(string.Empty);
        bundle.Config["annotations"] = new JsonObject
        {
            ["run.oci.seccomp_bpf_data"] = Convert.ToBase64String(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes<ulong>(program)),
        };

        Result(bundle, GetUid).Should().Be(-7);
        bundle.Config["annotations"]!["run.oci.seccomp_bpf_data"] = "AAAA";
        Run(bundle).Exits(1).Message.Should().Contain("annotations[run.oci.seccomp_bpf_data]");
    }

    private static string Decimal(string number)
    {
        return Convert.ToUInt64(number, 16).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

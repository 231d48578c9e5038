using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Mono.Unix.Native;

namespace Csrun.ShimCommands.Tests;

/// <summary>What a container wrote, and what `logs` shows of it.</summary>
public sealed class LogTests : ShimTest
{
    [CsrunTheory]
    [InlineData("json-file")]
    [InlineData("cri")]
    public void Each_stream_comes_back_on_its_own(string format)
    {
        Container container = DetachScript(
            "echo one; echo bad >&2; printf part; echo ' two'; printf end", "--shim-log-format", format);
        container.Do("wait", container.Id).Exits(0);

        RunResult logs = container.Do("logs", container.Id).Ok();

        logs.Stdout.Should().Be("one\npart two\nend");
        logs.Stderr.Should().Be("bad\n");
    }

    [CsrunFact]
    public void Tail_since_and_timestamps_choose_and_show()
    {
        Container container = DetachScript("seq 1 100; sleep 4; seq 101 110; exit 0");
        container.Do("wait", container.Id).Exits(0);
        string finished = (string)container.State()["exit"]!["finished"]!;
        string between = DateTime.Parse(finished, null, System.Globalization.DateTimeStyles.AdjustToUniversal)
            .AddSeconds(-2).ToString("O");

        container.Do("logs", "--tail", "3", container.Id).Ok().Lines.Should().Equal(Numbers(108, 110));
        container.Do("logs", "-n", "0", container.Id).Ok().Stdout.Should().BeEmpty();
        container.Do("logs", "--since", between, container.Id).Ok().Lines.Should().Equal(Numbers(101, 110));
        container.Do("logs", "--since", "1h", container.Id).Ok().Lines.Should().Equal(Numbers(1, 110));
        container.Do("logs", "--since", between, "--tail", "2", "-t", container.Id).Ok().Lines
            .Should().AllSatisfy(line => line.Should().MatchRegex("^20..-..-..T..:..:..[.][0-9]{9}Z 1(09|10)$"))
            .And.HaveCount(2);
        container.Do("logs", "--since", "yesterday", container.Id).Exits(1).Stderr.Should().Contain("--since: neither");
    }

    [CsrunFact]
    public void A_line_whose_parts_are_in_two_files_is_one_for_tail()
    {
        Container container = DetachScript(
            "echo one; printf two; sleep 0.3; echo ' goes on'; sleep 0.3; echo three; printf four >&2; sleep 0.3; "
            + "exit 0",
            "--shim-log-size", "1", "--shim-log-files", "9");
        container.Do("wait", container.Id).Exits(0);
        File.Exists(ShimFile(container, "log.3")).Should().BeTrue("each part has its own file");

        RunResult logs = container.Do("logs", "--tail", "3", container.Id).Ok();

        logs.Stdout.Should().Be("two goes on\nthree\n");
        logs.Stderr.Should().Be("four");
    }

    [CsrunFact]
    public void Follow_shows_lines_as_they_come_through_every_rotation_and_ends_with_the_container()
    {
        Container container = DetachScript(
            "for i in $(seq 1 3000); do echo $i; [ $((i%100)) = 0 ] && sleep 0.05; done; exit 0",
            "--shim-log-size", "20k", "--shim-log-files", "50");
        using Client logs = Start("logs", container, "-f");

        logs.Exit().Should().Be(0);

        logs.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(Numbers(1, 3000));
        File.Exists(ShimFile(container, "log.3")).Should().BeTrue();
    }

    [CsrunFact]
    public void Old_files_beyond_the_count_go()
    {
        Container container = DetachScript("seq 1 5000; exit 0", "--shim-log-size", "50k", "--shim-log-files", "3");
        container.Do("wait", container.Id).Exits(0);

        Directory.GetFiles(Path.GetDirectoryName(ShimFile(container, "log"))!, "log*").Should().HaveCount(3);
        container.Do("logs", container.Id).Ok().Lines.Should().EndWith(Numbers(4900, 5000)).And.NotContain("1");
    }

    [CsrunFact]
    public void A_log_elsewhere_is_root_s_alone_and_stays_after_delete()
    {
        string log = Path.Combine(Work, "web.log");
        Container container = DetachScript("echo kept; exit 0", "--shim-log", log);
        container.Do("wait", container.Id).Exits(0);
        container.Do("logs", container.Id).Ok().Stdout.Should().Be("kept\n");
        container.Delete();

        _ = Syscall.stat(log, out Stat info);
        ((uint)info.st_mode & 0xfff).Should().Be(0x1a0);
        info.st_uid.Should().Be(0);
        File.ReadAllText(log).Should().Contain("\"log\":\"kept\\n\"");
    }

    [CsrunFact]
    public void A_link_in_the_place_of_the_log_is_refused()
    {
        string log = Path.Combine(Work, "web.log");
        File.CreateSymbolicLink(log, Path.Combine(Canary, "file"));

        (_, RunResult result) = TryDetach(NewBundle().Sh("echo x"), "--shim-log", log);

        result.Exits(1).Stderr.Should().Contain("open the log web.log: too many levels of symbolic links");
    }

    [CsrunFact]
    public void A_link_that_the_container_puts_in_the_way_of_rotation_is_not_followed()
    {
        Bundle bundle = NewBundle().WritableRoot().Sh(
            "while [ ! -e /logs/web ]; do sleep 0.01; done; "
            + $"rm -f /logs/web.1; ln -s {Canary}/file /logs/web.1; seq 1 2000; sleep 0.2; "
            + $"rm -f /logs/web; ln -s {Canary}/file /logs/web; seq 1 2000; exit 0");
        Directory.CreateDirectory(Path.Combine(bundle.Rootfs, "logs"));
        Container container = Detach(
            bundle, "--shim-log", Path.Combine(bundle.Rootfs, "logs", "web"), "--shim-log-size", "10k");

        // That the canary is the same afterwards the test's end shows.
        container.Do("wait", container.Id).Exits(0);
    }

    [CsrunFact]
    public void A_hang_up_makes_the_shim_open_its_log_anew()
    {
        string log = Path.Combine(Work, "web.log");
        Container container = DetachScript("echo first; while read line; do echo $line; done", "--shim-log", log);
        UntilLogged(container, "first");
        File.Move(log, log + ".moved");

        Syscall.kill(ShimPid(container), Signum.SIGHUP).Should().Be(0);
        Until(() => File.Exists(log), "a new file");
        using Client client = Start("attach", container);
        client.Type("second\n");
        client.Await("second");

        File.ReadAllText(log).Should().Contain("second").And.NotContain("first");
    }

    [CsrunFact]
    public void A_full_disk_drops_what_does_not_fit_and_counts_it()
    {
        using SmallDisk disk = new(Path.Combine(Work, "small"));
        Container container = DetachScript(
            "seq 1 50000; echo over; exit 0", "--shim-log", disk.At("log"), "--shim-log-size", "0");
        container.Do("wait", container.Id).Exits(0);
        long written = Numbers(1, 50000).Sum(number => number.Length + 1) + "over\n".Length;

        JsonObject state = container.State();
        string logged = container.Do("logs", container.Id).Ok().Stdout;

        Lost(state, "stdout").Should().BePositive().And.Be(written - logged.Length);
        logged.Should().StartWith("1\n2\n3\n");
    }

    [CsrunFact]
    public void A_full_disk_adds_nothing_to_a_log_that_somebody_has_emptied()
    {
        using SmallDisk disk = new(Path.Combine(Work, "small"));
        Container container = DetachScript(
            "seq 1 2000; echo first; read line; seq 1 50000; exit 0",
            "--shim-log", disk.At("log"), "--shim-log-size", "0", "--shim-log-format", "cri");
        UntilLogged(container, "first");
        File.WriteAllBytes(disk.At("log"), []);

        using Client client = Start("attach", container);
        client.Type("go\n");
        container.Do("wait", container.Id).Exits(0);

        Lost(container.State(), "stdout").Should().BePositive();
        File.ReadAllBytes(disk.At("log")).Should().NotContain((byte)0).And.EndWith([(byte)'\n']);
    }

    [CsrunFact]
    public void A_full_disk_lets_the_container_wait_where_that_was_asked_for_and_loses_nothing()
    {
        using SmallDisk disk = new(Path.Combine(Work, "small"));
        File.WriteAllBytes(disk.At("ballast"), new byte[200 << 10]);
        Container container = DetachScript(
            "seq 1 40000; exit 0",
            "--shim-log", disk.At("log"), "--shim-log-size", "0", "--shim-log-full", "block",
            "--shim-log-format", "cri");
        Until(() => (string)container.State()["shim"]!["log"]!["error"]! == "ENOSPC", "a full disk");
        Thread.Sleep(300);
        container.Status().Should().Be("running");

        Programs.Run("mount", "-o", "remount,size=8m", disk.Path);

        container.Do("wait", container.Id).Exits(0);
        Until(() => ShimPid(container) == 0, "the shim's end");
        container.Do("logs", container.Id).Ok().Lines.Should().Equal(Numbers(1, 40000));
        Lost(container.State(), "stdout").Should().Be(0);
    }

    [CsrunFact]
    public void Delete_does_not_wait_for_a_disk_that_stays_full()
    {
        using SmallDisk disk = new(Path.Combine(Work, "small"));
        Container container = DetachScript(
            "seq 1 50000; exit 0", "--shim-log", disk.At("log"), "--shim-log-size", "0", "--shim-log-full", "block");
        Until(() => (string)container.State()["shim"]!["log"]!["error"]! == "ENOSPC", "a full disk");

        container.Do("delete", "--force", container.Id).Ok().Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    /// <summary>A file system of 256 KiB.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public SmallDisk(string path)
        {
            Path = path;
            Directory.CreateDirectory(path);
            Programs.Run("mount", "-t", "tmpfs", "-o", "size=256k", "none", path);
        }

        public string Path { get; }

        public string At(string name)
        {
            return System.IO.Path.Combine(Path, name);
        }

        public void Dispose()
        {
            Programs.Run("umount", "--lazy", Path);
        }
    }
}

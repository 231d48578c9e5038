using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.Linux.Tests;

/// <summary>What the C compiler and this machine's headers say.</summary>
internal static partial class Headers
{
    private const string Includes = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdio.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <signal.h>
        #include <sched.h>
        #include <termios.h>
        #include <sys/epoll.h>
        #include <sys/inotify.h>
        #include <sys/ioctl.h>
        #include <sys/prctl.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/file.h>
        #include <sys/wait.h>
        #include <linux/bpf.h>
        #include <linux/close_range.h>
        #include <linux/fs.h>
        #include <linux/if.h>
        #include <linux/keyctl.h>
        #include <linux/magic.h>
        #include <linux/mount.h>
        #include <linux/openat2.h>
        #include <linux/seccomp.h>

        """;

    /// <summary>
    /// The values of C expressions, as signed 64-bit numbers; those the headers do not know are absent.
    /// </summary>
    public static Dictionary<string, long> Evaluate(IEnumerable<string> expressions)
    {
        List<string> left = [.. expressions];
        while (true)
        {
            string source = Includes + "int main(void) {\n"
                + string.Concat(left.Select(e => $"printf(\"%s=%lld\\n\", \"{e}\", (long long)({e}));\n")) + "}\n";
            (bool compiled, string output) = CompileAndRun(source);
            if (compiled)
            {
                return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('='))
                    .ToDictionary(
                        pair => pair[0],
                        pair => long.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));
            }

            HashSet<string> unknown = [.. Undeclared().Matches(output).Select(match => match.Groups[1].Value)];
            if (left.RemoveAll(e => unknown.Any(name => e.Contains(name, StringComparison.Ordinal))) == 0)
            {
                throw new InvalidOperationException(output);
            }
        }
    }

    private static (bool Compiled, string Output) CompileAndRun(string source)
    {
        string directory = Directory.CreateTempSubdirectory("csrun-headers-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "a.c"), source);
            (int code, string errors) = Run("gcc", "-fmax-errors=0", "-o", $"{directory}/a", $"{directory}/a.c");
            return code == 0 ? (true, Run($"{directory}/a").Output) : (false, errors);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    [GeneratedRegex(@"error: '(\w+)' undeclared")]
    private static partial Regex Undeclared();
}

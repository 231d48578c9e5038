# Lines "COLUMN NAME NUMBER" in; the two C# files of Csrun.Seccomp/Tables out.
BEGIN {
    for (i = 0; i < 128; i++) code[sprintf("%c", i)] = i

    # First arguments of socketcall (linux/net.h) and, plus 128, of ipc (linux/ipc.h).
    n = split("socket bind connect listen accept getsockname getpeername socketpair send recv sendto recvfrom shutdown " \
        "setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg", call, " ")
    for (i = 1; i <= n; i++) multiplexed[call[i]] = i
    n = split("semop 1 semget 2 semctl 3 semtimedop 4 msgsnd 11 msgrcv 12 msgget 13 msgctl 14 shmat 21 shmdt 22 " \
        "shmget 23 shmctl 24", call, " ")
    for (i = 1; i < n; i += 2) multiplexed[call[i]] = 128 + call[i + 1]
}
{
    # ARM's private calls start at 0xF0000: kept as 0xF000 and up, in 16 bits.
    number[$1, $2] = $3 >= 983040 ? $3 - 983040 + 61440 : $3
    seen[$2] = 1
}
function hash(name,    h, i) {
    h = 0
    for (i = 1; i <= length(name); i++) h = (h * 31 + code[substr(name, i, 1)]) % 65536
    return h
}
function list(file, indent, count, values,    i, line) {
    line = ""
    for (i = 0; i < count; i++) {
        if (length(line) + length(values[i]) + 2 + length(indent) > 119) { print indent line > file; line = "" }
        line = line (line == "" ? "" : " ") values[i] ","
    }
    print indent line > file
}
END {
    count = 0
    for (name in seen) names[count++] = name
    for (i = 1; i < count; i++) { # insertion sort
        name = names[i]
        for (j = i - 1; j >= 0 && names[j] > name; j--) names[j + 1] = names[j]
        names[j + 1] = name
    }

    file = out "/SyscallNames.cs"
    print "// Made by build/syscall-tables.sh; not to be edited." > file
    print "using System;\n\nnamespace Csrun.Seccomp;\n" > file
    print "/// <content>The names, sorted, and a hash table over them.</content>" > file
    print "internal static partial class SyscallTable\n{" > file
    print "    private const int NameCount = " count ";\n" > file
    print "    /// <summary>All names one after the other; <see cref=\"NameStarts\"/> says where each begins.</summary>" > file
    print "    private static ReadOnlySpan<byte> NameText =>" > file
    line = ""; position = 0
    for (i = 0; i < count; i++) {
        starts[i] = position
        position += length(names[i])
        if (length(line) + length(names[i]) > 104) { print "        \"" line "\"u8 +" > file; line = "" }
        line = line names[i]
    }
    print "        \"" line "\"u8;\n" > file
    starts[count] = position
    print "    private static ReadOnlySpan<ushort> NameStarts =>\n    [" > file
    list(file, "        ", count + 1, starts)
    print "    ];\n" > file
    print "    /// <summary>Row of a name plus one by its hash, the next free slot where that is taken; 0 is free.</summary>" > file
    print "    private static ReadOnlySpan<ushort> NameSlots =>\n    [" > file
    for (i = 0; i < 1024; i++) slots[i] = 0
    for (i = 0; i < count; i++) {
        for (h = hash(names[i]) % 1024; slots[h] != 0; h = (h + 1) % 1024) { }
        slots[h] = i + 1
    }
    list(file, "        ", 1024, slots)
    print "    ];\n" > file
    print "    /// <summary>By row: 0, the first argument of socketcall, or 128 plus that of ipc.</summary>" > file
    print "    private static ReadOnlySpan<byte> Multiplexed =>\n    [" > file
    for (i = 0; i < count; i++) row[i] = multiplexed[names[i]] + 0
    list(file, "        ", count, row)
    print "    ];\n}" > file

    file = out "/SyscallNumbers.cs"
    print "// Made by build/syscall-tables.sh; not to be edited." > file
    print "using System;\n\nnamespace Csrun.Seccomp;\n" > file
    print "/// <content>" > file
    print "/// Numbers by row, a table for each ABI, without the ABI's base; 65535 is no such call, 61440 and up are ARM's private" > file
    print "/// calls. From Debian's linux-libc-dev cross packages (Linux 6.1):" > file
    line = "///"
    parts = split(versions, words, " ")
    for (i = 1; i <= parts; i++) {
        if (length(line) + length(words[i]) > 117) { print line > file; line = "///" }
        line = line " " words[i]
    }
    print line "." > file
    print "/// Calls after 450, which have one number everywhere, and all of LoongArch64 come from the kernel's generic table." > file
    print "/// </content>" > file
    print "internal static partial class SyscallTable\n{" > file
    columns = split(order, column, " ")
    for (c = 1; c <= columns; c++) {
        print "    private static ReadOnlySpan<ushort> " column[c] " =>\n    [" > file
        for (i = 0; i < count; i++) row[i] = ((column[c], names[i]) in number) ? number[column[c], names[i]] : 65535
        list(file, "        ", count, row)
        print "    ];" (c < columns ? "\n" : "") > file
    }
    print "}" > file
    print count " names, " columns " tables"
}

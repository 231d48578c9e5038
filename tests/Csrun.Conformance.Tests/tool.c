/* tool WHAT [ARG...]: asks the kernel what busybox cannot, and prints the answer in words and numbers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* policy, nice, priority, flags, runtime, deadline, period of this process */
static int sched(void)
{
    struct sched_attr a = {.size = sizeof a};
    if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) < 0)
        return 1;
    printf("%u %d %u %llx %llu %llu %llu\n", a.sched_policy, a.sched_nice, a.sched_priority,
           (unsigned long long)a.sched_flags, (unsigned long long)a.sched_runtime,
           (unsigned long long)a.sched_deadline, (unsigned long long)a.sched_period);
    return 0;
}

/* what open(2) says: tool open PATH r|w */
static int open_it(const char *path, const char *how)
{
    int fd = open(path, *how == 'w' ? O_WRONLY : O_RDONLY);
    puts(fd < 0 ? strerrorname_np(errno) : "open");
    return 0;
}

/* whether descriptors 0 to 2 are terminals, and whether this process leads a session that has the terminal */
static int terminal(void)
{
    printf("%d %d %d leader %d group %d\n", isatty(0), isatty(1), isatty(2), getsid(0) == getpid(),
           tcgetpgrp(0) == getpgrp());
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "sched"))
        return sched();
    if (!strcmp(what, "open") && argc == 4)
        return open_it(argv[2], argv[3]);
    if (!strcmp(what, "terminal"))
        return terminal();
    fprintf(stderr, "tool: unknown: %s\n", what);
    return 2;
}

/* record SYMBOLS COMMAND...: runs the command instruction by instruction, with the children that it clones as long as they
 * execute nothing else, and prints the name of each function of SYMBOLS (lines of `nm`: address, kind, name) when it is
 * first entered. Ends with the command itself: what it leaves running goes on. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

struct function {
    unsigned long start;
    char *name;
    int seen;
};

static struct function *functions;
static size_t count;

static int by_start(const void *one, const void *other)
{
    unsigned long a = ((const struct function *)one)->start, b = ((const struct function *)other)->start;
    return (a > b) - (a < b);
}

static void read_symbols(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0, room = 0;
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while (getline(&line, &size, file) > 0) {
        unsigned long start;
        char kind, *name;
        if (sscanf(line, "%lx %c %ms", &start, &kind, &name) != 3)
            continue;
        if (count == room)
            functions = realloc(functions, (room = room * 2 + 1024) * sizeof *functions);
        functions[count++] = (struct function) { start, name, 0 };
    }
    fclose(file);
    free(line);
    qsort(functions, count, sizeof *functions, by_start);
}

static void note(unsigned long address)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (functions[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && !functions[low - 1].seen) {
        functions[low - 1].seen = 1;
        puts(functions[low - 1].name);
    }
}

static int executes(pid_t pid, const char *what)
{
    char link[64], path[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/%d/exe", pid);
    if (readlink(link, path, sizeof path - 1) < 0)
        return 0;
    return strcmp(strrchr(path, '/') + 1, what) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    read_symbols(argv[1]);
    const char *name = strrchr(argv[2], '/') + 1;
    pid_t first = fork();
    if (first == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execv(argv[2], argv + 2);
        _exit(127);
    }
    int status;
    waitpid(first, &status, 0);
    ptrace(PTRACE_SETOPTIONS, first, 0,
           PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC);
    ptrace(PTRACE_SINGLESTEP, first, 0, 0);
    for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
        int signal = 0, event = status >> 16;
        if (!WIFSTOPPED(status)) {
            if (pid == first)
                break;
            continue;
        }
        if (event == PTRACE_EVENT_EXEC && !executes(pid, name)) {
            ptrace(PTRACE_DETACH, pid, 0, 0);
            continue;
        }
        if (event == 0 && WSTOPSIG(status) == SIGTRAP) {
            struct user_regs_struct registers;
            if (ptrace(PTRACE_GETREGS, pid, 0, &registers) == 0)
                note(registers.rip);
        } else if (WSTOPSIG(status) != SIGSTOP) {
            signal = WSTOPSIG(status);
        }
        ptrace(PTRACE_SINGLESTEP, pid, 0, signal);
    }
    return 0;
}

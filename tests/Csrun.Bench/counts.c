// Runs a program to its end and writes "page-faults peak-KiB", its own and its awaited children's, to FILE. A process
// of its own for this, since the kernel counts to a new program what the one that started it had resident.
// counts FILE PROGRAM [ARGS]
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    FILE *file;
    pid_t pid = argc < 3 ? -1 : vfork();
    if (pid < 0)
        return 125;
    if (pid == 0) {
        execv(argv[2], argv + 2);
        _exit(127);
    }
    if (wait4(pid, &status, 0, &usage) != pid || !(file = fopen(argv[1], "w")))
        return 125;
    fprintf(file, "%ld %ld\n", usage.ru_minflt + usage.ru_majflt, usage.ru_maxrss);
    return fclose(file) || !WIFEXITED(status) ? 125 : WEXITSTATUS(status);
}

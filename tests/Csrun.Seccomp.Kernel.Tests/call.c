/* call [32|x32] NR [ARG...]: makes the system call in that ABI and prints its result, errno as a negative number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int i386 = argc > 1 && strcmp(argv[1], "32") == 0;
    int x32 = argc > 1 && strcmp(argv[1], "x32") == 0;
    int at = 1 + (i386 || x32);
    long a[7] = {0};
    for (int i = 0; i < 7 && at + i < argc; i++)
        a[i] = (long)strtoul(argv[at + i], NULL, 0);
    long result;
    if (i386) {
        int narrow;
        __asm__ volatile("int $0x80" : "=a"(narrow) : "a"((int)a[0]), "b"(a[1]), "c"(a[2]), "d"(a[3]), "S"(a[4]), "D"(a[5])
                         : "memory", "r8", "r9", "r10", "r11");
        result = narrow;
    } else {
        register long r10 __asm__("r10") = a[4];
        register long r8 __asm__("r8") = a[5];
        register long r9 __asm__("r9") = a[6];
        __asm__ volatile("syscall" : "=a"(result)
                         : "a"(a[0] | (x32 ? 0x40000000 : 0)), "D"(a[1]), "S"(a[2]), "d"(a[3]), "r"(r10), "r"(r8), "r"(r9)
                         : "rcx", "r11", "memory");
    }
    printf("%ld\n", result);
    return 0;
}

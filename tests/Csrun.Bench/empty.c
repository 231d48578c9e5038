// The physical floor for `--version`: a static program of glibc that does nothing.
int main(void) { return 0; }

/* Makes every flush of a process take longer, by what a file says, in milliseconds. Preloaded; never part of the
 * product. A disk that is really slow blocks the same calls for the same time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_first(void) {
    const char *path = getenv("RIG_FLUSH_DELAY_FILE");
    FILE *file = path ? fopen(path, "r") : NULL;
    int milliseconds = 0;
    if (!file) return;
    if (fscanf(file, "%d", &milliseconds) == 1 && milliseconds > 0) usleep((useconds_t)milliseconds * 1000);
    fclose(file);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_first();
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_first();
    return real(fd);
}

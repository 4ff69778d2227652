/*
 * Shifts the wall clock of a process, and nothing else: not the monotonic clock, by which a JVM waits.
 *
 * LD_PRELOAD this; CLOCK_SHIFT names a file of 8 bytes, the seconds to add (little-endian), which may be written at any time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long zero = 0;
static volatile long long *shift = &zero;

__attribute__((constructor)) static void open_shift(void) {
    const char *file = getenv("CLOCK_SHIFT");
    int fd = file ? open(file, O_RDONLY) : -1;
    if (fd >= 0) {
        void *seconds = mmap(NULL, sizeof zero, PROT_READ, MAP_SHARED, fd, 0);
        if (seconds != MAP_FAILED) {
            shift = seconds;
        }
        close(fd);
    }
}

int clock_gettime(clockid_t id, struct timespec *now) {
    int result = syscall(SYS_clock_gettime, id, now);
    if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += *shift;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = syscall(SYS_gettimeofday, now, zone);
    if (result == 0) {
        now->tv_sec += *shift;
    }
    return result;
}

time_t time(time_t *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to) {
        *to = now.tv_sec;
    }
    return now.tv_sec;
}

// SPDX-License-Identifier: Apache-2.0
// Runs programs one after another and tells what each of them took, as the kernel counted it.
//
// stdin, for each call:   length (32 bits), then that many bytes: words, each ended by a zero byte
// stdout, for each call:  five numbers of 64 bits (wall nanoseconds, processor microseconds, peak
//                         memory in KiB, exit code, length of the output), then the output
// All numbers are big-endian. Exit code: 128 + signal when killed, 127 when it could not be started.
//
// It is small and forks instead of sharing its memory with the child, because a child's peak memory
// as the kernel counts it begins with that of the process it was forked from.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_REQUEST = 1 << 17, LONGEST_OUTPUT = 1 << 16, MOST_WORDS = 64, LIMIT_MS = 115000 };

static char request[LONGEST_REQUEST];
static char output[LONGEST_OUTPUT];

static int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static int read_all(void *to, size_t length) {
    char *at = to;
    while (length > 0) {
        ssize_t got = read(0, at, length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return -1;
        at += got;
        length -= (size_t)got;
    }
    return 0;
}

static int write_all(const void *from, size_t length) {
    const char *at = from;
    while (length > 0) {
        ssize_t put = write(1, at, length);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return -1;
        at += put;
        length -= (size_t)put;
    }
    return 0;
}

static void number(unsigned char *to, int64_t value) {
    for (int i = 7; i >= 0; i--, value >>= 8) to[i] = (unsigned char)(value & 0xff);
}

// Reads until the last writer has gone, as kubelet does; kills the child when that takes too long.
static size_t collect(int from, pid_t child, int64_t began) {
    size_t length = 0;
    char rest[512];
    for (;;) {
        int64_t left = LIMIT_MS - (now() - began) / 1000000;
        struct pollfd pipe_end = {.fd = from, .events = POLLIN};
        int ready = left <= 0 ? 0 : poll(&pipe_end, 1, (int)left);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) {
            kill(-child, SIGKILL);
            return length;
        }
        ssize_t got = length < sizeof output ? read(from, output + length, sizeof output - length)
                                             : read(from, rest, sizeof rest);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return length;
        if (length < sizeof output) length += (size_t)got;
    }
}

static int run(char **words) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    int64_t began = now();
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
        dup2(nothing, 0);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        // no words: what a process costs that starts nothing
        if (words[0] == NULL) _exit(0);
        execv(words[0], words);
        dprintf(2, "%s: %s", words[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    size_t length = collect(ends[0], child, began);
    close(ends[0]);
    int status = 0;
    struct rusage used;
    while (wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
    }
    int64_t ended = now();
    unsigned char answer[40];
    number(answer, ended - began);
    number(answer + 8, (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec
                           + used.ru_stime.tv_usec);
    number(answer + 16, used.ru_maxrss);
    number(answer + 24, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    number(answer + 32, (int64_t)length);
    return write_all(answer, sizeof answer) != 0 ? -1 : write_all(output, length);
}

int main(void) {
    unsigned char size[4];
    while (read_all(size, sizeof size) == 0) {
        size_t length = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
        if (length > sizeof request || read_all(request, length) != 0) return 1;
        if (length > 0 && request[length - 1] != 0) return 1;
        char *words[MOST_WORDS + 1];
        size_t count = 0;
        for (size_t at = 0; at < length; at += strlen(request + at) + 1) {
            if (count == MOST_WORDS) return 1;
            words[count++] = request + at;
        }
        words[count] = NULL;
        if (run(words) != 0) return 1;
    }
    return 0;
}

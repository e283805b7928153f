// SPDX-License-Identifier: Apache-2.0
// Kubelet reads our standard output until its last holder closes it, and waits for as long: the
// agent must have none of our descriptors.
#define _GNU_SOURCE
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text.h"

enum {
    LOCK = 3,          // the only descriptor beside the standard ones that the agent has
    MANY = 1024        // descriptors that are closed one by one where the kernel cannot at once
};

static bool beside(char *room, const char *socket_path, const char *suffix)
{
    struct text path = {room, PATH_MAX - 1, 0, false};

    text_add_plain(&path, socket_path);
    text_add_plain(&path, suffix);
    if (!path.overflowed)
        room[path.length] = '\0';
    return !path.overflowed;
}

// The directory is on a filesystem that is empty after each boot.
static void make_directory_of(const char *path)
{
    char room[PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path || (size_t) (slash - path) >= sizeof room)
        return;
    memcpy(room, path, (size_t) (slash - path));
    room[slash - path] = '\0';
    mkdir(room, 0755);
}

// The descriptor of the lock, held; -1 with errno EWOULDBLOCK when another one holds it.
static int take_lock(const char *socket_path)
{
    char path[PATH_MAX];

    if (!beside(path, socket_path, ".lock")) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int error_number = errno;

        close(fd);
        errno = error_number;
        return -1;
    }
    return fd;
}

static void close_others(int kept)
{
    if (kept > LOCK + 1)
        close_range(LOCK + 1, (unsigned) kept - 1, 0);
    if (close_range((unsigned) kept + 1, ~0U, 0) == 0)
        return;
    for (int fd = LOCK + 1; fd < MANY; fd++) {
        if (fd != kept)
            close(fd);
    }
}

// In the process that becomes the agent; comes back only when that failed.
static void become_agent(const struct start *start, int lock, int told)
{
    static char *const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", NULL};
    char output[PATH_MAX];
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (!beside(output, start->socket_path, ".out"))
        return;
    int in = open("/dev/null", O_RDWR | O_CLOEXEC);
    int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    // above all numbers that are given out next
    int high_lock = fcntl(lock, F_DUPFD_CLOEXEC, 16);
    int high_told = fcntl(told, F_DUPFD_CLOEXEC, 16);
    if (in < 0 || out < 0 || high_lock < 0 || high_told < 0 || dup2(out, STDOUT_FILENO) < 0
        || dup2(out, STDERR_FILENO) < 0 || dup2(in, STDIN_FILENO) < 0
        || dup2(high_lock, LOCK) < 0)
        return;
    close_others(high_told);
    if (chdir("/") != 0)
        return;
    umask(022);
    execve(start->command,
           (char *const[]){(char *) start->command, "agent", "--socket",
                           (char *) start->socket_path, NULL},
           environment);
    int error_number = errno;
    ssize_t written = write(high_told, &error_number, sizeof error_number);
    (void) written;
    _exit(127);
}

// The agent is a grandchild: kubelet is nobody's parent but the driver's, and would not wait.
static void fork_twice(const struct start *start, int lock, int told)
{
    int error_number;

    setsid();
    pid_t agent = fork();
    if (agent != 0) {
        if (agent < 0) {
            error_number = errno;
            ssize_t written = write(told, &error_number, sizeof error_number);
            (void) written;
        }
        _exit(0);
    }
    become_agent(start, lock, told);
    error_number = errno;
    ssize_t written = write(told, &error_number, sizeof error_number);
    (void) written;
    _exit(127);
}

static enum start_end start_with(struct start *start, int lock)
{
    int pipe_ends[2];

    if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
        start->error_number = errno;
        return NOT_STARTED;
    }
    pid_t child = fork();
    if (child == 0)
        fork_twice(start, lock, pipe_ends[1]);
    int error_number = errno;
    close(pipe_ends[1]);
    if (child < 0) {
        close(pipe_ends[0]);
        start->error_number = error_number;
        return NOT_STARTED;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    // closed by a successful exec, with nothing in it
    ssize_t got;
    do {
        got = read(pipe_ends[0], &error_number, sizeof error_number);
    } while (got < 0 && errno == EINTR);
    close(pipe_ends[0]);
    if (got != (ssize_t) sizeof error_number)
        return STARTED;
    start->error_number = error_number;
    return NOT_STARTED;
}

enum start_end start_agent(struct start *start)
{
    make_directory_of(start->socket_path);
    int lock = take_lock(start->socket_path);
    if (lock < 0) {
        start->error_number = errno;
        return errno == EWOULDBLOCK ? UNDER_WAY : NOT_STARTED;
    }
    enum start_end end = start_with(start, lock);
    close(lock);
    return end;
}

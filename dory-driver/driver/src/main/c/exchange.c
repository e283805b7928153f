// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "json.h"

enum {
    BUSY_PAUSE = 10,      // milliseconds between tries while the agent's queue is full
    CLOSING_PATIENCE = 1000   // milliseconds for the agent to close after its line
};

long long monotonic_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Waits for the events until the deadline. Above 0 when there is one, 0 when it is too late.
static int wait_for(int fd, short events, long long deadline)
{
    for (;;) {
        long long left = deadline - monotonic_milliseconds();
        struct pollfd waiting = {fd, events, 0};

        if (left <= 0)
            return 0;
        int ready = poll(&waiting, fd < 0 ? 0 : 1, (int) left);
        if (ready >= 0 || errno != EINTR)
            return ready;
    }
}

static int move_above_standard_streams(int fd)
{
    // kubelet may have closed a standard stream; a socket there would be written our answer
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    int error_number = errno;

    close(fd);
    errno = error_number;
    return moved;
}

static bool set_path(struct sockaddr_un *address, const char *path)
{
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof address->sun_path)
        return false;
    memcpy(address->sun_path, path, length + 1);
    return true;
}

static int open_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd < 0 ? fd : move_above_standard_streams(fd);
}

static enum exchange_end open_connection(struct exchange *exchange, int *connection)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!set_path(&address, exchange->socket_path))
        return PATH_TOO_LONG;

    int fd = open_socket();
    if (fd < 0) {
        exchange->error_number = errno;
        return NOT_THERE;
    }
    while (connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        long long pause_end = monotonic_milliseconds() + BUSY_PAUSE;

        if (errno == EINTR)
            continue;
        if (errno != EAGAIN) {
            exchange->error_number = errno;
            close(fd);
            return NOT_THERE;
        }
        if (pause_end >= exchange->deadline) {
            close(fd);
            return TOO_LATE;
        }
        wait_for(-1, 0, pause_end);
    }
    *connection = fd;
    return REPLIED;
}

// An agent that refuses may answer and close before it has read everything, so that an error
// here is not the end: the reply is looked for all the same.
static enum exchange_end send_request(struct exchange *exchange, int fd, const char *at,
                                      size_t left)
{
    while (left > 0) {
        ssize_t sent = send(fd, at, left, MSG_NOSIGNAL);

        if (sent >= 0) {
            at += sent;
            left -= (size_t) sent;
        } else if (errno == EAGAIN) {
            if (wait_for(fd, POLLOUT, exchange->deadline) == 0)
                return TOO_LATE;
        } else if (errno != EINTR) {
            exchange->error_number = errno;
            return LOST;
        }
    }
    return REPLIED;
}

static enum exchange_end end_of(const struct exchange *exchange)
{
    const char *newline = memchr(exchange->reply, '\n', exchange->length);

    if (exchange->length == 0)
        return NO_REPLY;
    if (newline == NULL)
        return CUT_OFF;
    if (newline != exchange->reply + exchange->length - 1)
        return NOT_UNDERSTOOD;
    return is_json_object(exchange->reply, exchange->length - 1) ? REPLIED : NOT_UNDERSTOOD;
}

static enum exchange_end receive_reply(struct exchange *exchange, int fd)
{
    long long deadline = exchange->deadline;

    exchange->length = 0;
    while (wait_for(fd, POLLIN, deadline) != 0) {
        ssize_t got = recv(fd, exchange->reply + exchange->length,
                           sizeof exchange->reply - exchange->length, 0);

        if (got == 0)
            return end_of(exchange);
        if (got < 0) {
            if (errno == EINTR || errno == EAGAIN)
                continue;
            exchange->error_number = errno;
            return end_of(exchange) == REPLIED ? REPLIED : LOST;
        }
        exchange->length += (size_t) got;
        if (exchange->length > LONGEST_REPLY)
            return TOO_LONG;
        if (memchr(exchange->reply, '\n', exchange->length) != NULL) {
            long long closing = monotonic_milliseconds() + CLOSING_PATIENCE;

            if (closing < deadline)
                deadline = closing;
        }
    }
    return end_of(exchange) == REPLIED ? REPLIED : TOO_LATE;
}

enum exchange_end exchange_run(struct exchange *exchange, const char *request, size_t length)
{
    int fd = -1;
    enum exchange_end end = open_connection(exchange, &fd);

    if (end != REPLIED)
        return end;
    enum exchange_end sending = send_request(exchange, fd, request, length);
    if (sending == TOO_LATE) {
        end = TOO_LATE;
    } else {
        int sending_error = exchange->error_number;

        end = receive_reply(exchange, fd);
        if (sending == LOST && end != REPLIED) {
            exchange->error_number = sending_error;
            end = LOST;
        }
    }
    close(fd);
    return end;
}

void exchange_tell(const char *socket_path, const char *message, size_t length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!set_path(&address, socket_path))
        return;
    int fd = open_socket();
    if (fd < 0)
        return;
    // neither waits: the socket is a non-blocking one
    if (connect(fd, (struct sockaddr *) &address, sizeof address) == 0) {
        ssize_t sent = send(fd, message, length, MSG_NOSIGNAL);

        (void) sent;   // what does not fit is lost, and the agent sees that it has no end
    }
    close(fd);
}

// SPDX-License-Identifier: Apache-2.0
// The whole driver in one process, for libFuzzer: its arguments, its settings file and the agent's
// reply are the input; what it writes and what it sends is checked.
//
// An input:  a byte that is a number of words modulo 8, the words (each up to a zero byte),
//            two bytes, big-endian, the length of the settings file, its content, then the reply
//
// The driver is compiled with main, write, open, socket and connect named as the functions below;
// the peer of its connection is the other end of a socket pair, which holds the reply already.
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json.h"

enum { MOST_WORDS = 8, LARGEST_INPUT = 1 << 15, LARGEST_OUTPUT = 1 << 18 };

static char said[LARGEST_OUTPUT];
static size_t said_length;
static const uint8_t *settings;
static size_t settings_length;
static const uint8_t *reply;
static size_t reply_length;
static int agent = -1;

int driver_main(int argc, char **argv);
ssize_t driver_write(int fd, const void *bytes, size_t length);
int driver_open(const char *path, int flags, ...);
int driver_socket(int domain, int type, int protocol);
int driver_connect(int fd, const struct sockaddr *address, socklen_t length);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void fault(const char *what)
{
    fprintf(stderr, "fault: %s\nit wrote: %.*s\n", what, (int) said_length, said);
    abort();
}

ssize_t driver_write(int fd, const void *bytes, size_t length)
{
    if (fd != STDOUT_FILENO)
        fault("it writes elsewhere than to standard output");
    // now and then not all at once, as the kernel may
    size_t taken = length > 3 && said_length == 0 ? length / 2 : length;
    if (taken > sizeof said - said_length)
        fault("it writes without end");
    memcpy(said + said_length, bytes, taken);
    said_length += taken;
    return (ssize_t) taken;
}

int driver_open(const char *path, int flags, ...)
{
    (void) path;
    (void) flags;
    int fd = memfd_create("settings", MFD_CLOEXEC);
    if (fd < 0 || write(fd, settings, settings_length) != (ssize_t) settings_length
        || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    return fd;
}

int driver_socket(int domain, int type, int protocol)
{
    int ends[2];
    int room = LARGEST_INPUT * 8;

    if (socketpair(domain, type, protocol, ends) != 0)
        abort();
    agent = ends[1];
    setsockopt(agent, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (reply_length > 0 && write(agent, reply, reply_length) != (ssize_t) reply_length)
        abort();
    shutdown(agent, SHUT_WR);
    return ends[0];
}

int driver_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    (void) fd;
    (void) address;
    (void) length;
    return 0;
}

static void check_request(void)
{
    static char request[LARGEST_OUTPUT];
    size_t length = 0;
    ssize_t got;

    if (agent < 0)
        return;
    while ((got = recv(agent, request + length, sizeof request - length, MSG_DONTWAIT)) > 0)
        length += (size_t) got;
    close(agent);
    agent = -1;
    if (length == 0 || memchr(request, '\n', length) != request + length - 1
        || !is_json_object(request, length - 1))
        fault("its request is not one line with one JSON object");
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static char words_room[LARGEST_INPUT + 1];
    char *argv[MOST_WORDS + 2] = {"/drivers/dory.storage~fuzz/fuzz"};
    int argc = 1;

    if (size == 0 || size > LARGEST_INPUT)
        return -1;
    memcpy(words_room, input, size);
    words_room[size] = '\0';
    size_t at = 1;
    for (int i = input[0] % MOST_WORDS; i > 0 && at < size; i--) {
        argv[argc++] = words_room + at;
        at += strlen(words_room + at) + 1;
    }
    argv[argc] = NULL;
    settings = reply = input;
    settings_length = reply_length = 0;
    if (at + 2 <= size) {
        size_t wanted = (size_t) input[at] << 8 | input[at + 1];

        at += 2;
        settings = input + at;
        settings_length = wanted < size - at ? wanted : size - at;
        reply = settings + settings_length;
        reply_length = size - at - settings_length;
    }
    said_length = 0;
    if (driver_main(argc, argv) != 0)
        fault("its exit code is not 0");
    check_request();
    if (said_length == 0 || said[said_length - 1] != '\n'
        || memchr(said, '\n', said_length) != said + said_length - 1
        || !is_json_object(said, said_length - 1))
        fault("its answer is not one line with one JSON object");
    return 0;
}

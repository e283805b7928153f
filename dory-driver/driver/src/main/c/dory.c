// SPDX-License-Identifier: Apache-2.0
// The FlexVolume driver kubelet runs: one process a call, answered by the agent of the node.
//
// Kubelet reads standard output and standard error together and wants exactly one JSON object, so
// there is one write to the first, none to the second, and the exit code is always 0: with another
// one kubelet logs the arguments, secrets included. It holds a lock of the whole node during init
// and never ends a call by itself, hence init without the agent and a deadline for everything else.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange.h"
#include "settings.h"
#include "text.h"

#define DEFAULT_SOCKET "/run/dory/agent.sock"
#define IS_IT_RUNNING "; is the dory-agent pod of this node running?"

enum {
    LONGEST_REQUEST = 1 << 20,
    LIMIT = 110 * 1000   // milliseconds
};

static void print(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes += written;
        length -= (size_t) written;
    }
}

static void print_line(const char *line)
{
    print(line, strlen(line));
}

// A Failure whose message is the parts, up to the first NULL, one after the other.
static void print_failure(const char *const *parts)
{
    static char message_room[4096];
    static char answer_room[sizeof message_room * 6 + 64];
    struct text message = {message_room, sizeof message_room - 1, 0, false};
    struct text answer = {answer_room, sizeof answer_room, 0, false};

    for (; *parts != NULL; parts++)
        text_add_plain(&message, *parts);
    message_room[message.length] = '\0';
    text_add_plain(&answer, "{\"status\":\"Failure\",\"message\":");
    text_add_quoted(&answer, message_room);
    text_add_plain(&answer, "}\n");
    print(answer_room, answer.length);
}

static void print_exchange_failure(const struct exchange *exchange, enum exchange_end end)
{
    const char *path = exchange->socket_path;
    const char *error = strerrordesc_np(exchange->error_number);

    if (error == NULL)
        error = "unknown error";
    switch (end) {
    case REPLIED:
        return;
    case NOT_THERE:
        print_failure((const char *[]){"cannot reach the dory agent at ", path, ": ", error,
                                       IS_IT_RUNNING, NULL});
        return;
    case PATH_TOO_LONG:
        print_failure((const char *[]){
            "the agent's socket path in DORY_AGENT_SOCKET must have 1 to 107 bytes", NULL});
        return;
    case LOST:
        print_failure((const char *[]){"lost the connection to the dory agent at ", path, ": ",
                                       error, IS_IT_RUNNING, NULL});
        return;
    case NO_REPLY:
        print_failure((const char *[]){"the dory agent at ", path,
                                       " closed the connection without a reply", IS_IT_RUNNING,
                                       NULL});
        return;
    case CUT_OFF:
        print_failure((const char *[]){"the dory agent at ", path,
                                       " closed the connection within its reply", IS_IT_RUNNING,
                                       NULL});
        return;
    case TOO_LATE:
        print_failure((const char *[]){"the dory agent at ", path,
                                       " did not reply in time; the call may still be under way",
                                       NULL});
        return;
    case TOO_LONG:
        print_failure((const char *[]){"the reply of the dory agent at ", path,
                                       " is larger than 64 KiB", NULL});
        return;
    case NOT_UNDERSTOOD:
        print_failure((const char *[]){"the reply of the dory agent at ", path,
                                       " is not one line with one JSON object", NULL});
        return;
    }
}

static long long call_limit(void)
{
    const char *lowered = getenv("DORY_DRIVER_LIMIT_MS");
    long long limit = 0;

    if (lowered == NULL || *lowered == '\0')
        return LIMIT;
    for (; *lowered != '\0'; lowered++) {
        if (*lowered < '0' || *lowered > '9')
            return LIMIT;
        limit = limit * 10 + (*lowered - '0');
        if (limit >= LIMIT)
            return LIMIT;
    }
    return limit;
}

static void ask_agent(int argc, char **argv, long long deadline)
{
    static char request_room[LONGEST_REQUEST];
    static struct exchange exchange;
    struct text request = {request_room, sizeof request_room, 0, false};
    const char *named = getenv("DORY_AGENT_SOCKET");

    text_add_plain(&request, "{\"driver\":");
    text_add_quoted(&request, argv[0]);
    text_add_plain(&request, ",\"pid\":");
    text_add_number(&request, (unsigned long) getpid());
    text_add_plain(&request, ",\"args\":[");
    for (int i = 1; i < argc; i++) {
        if (i > 1)
            text_add_plain(&request, ",");
        text_add_quoted(&request, argv[i]);
    }
    text_add_plain(&request, "]}\n");
    if (request.overflowed) {
        print_failure((const char *[]){"the arguments make a request larger than 1 MiB", NULL});
        return;
    }
    exchange.socket_path = named == NULL || *named == '\0' ? DEFAULT_SOCKET : named;
    exchange.deadline = deadline;
    enum exchange_end end = exchange_run(&exchange, request_room, request.length);
    if (end == REPLIED)
        print(exchange.reply, exchange.length);
    else
        print_exchange_failure(&exchange, end);
}

static bool is(const char *verb, const char *other)
{
    return strcmp(verb, other) == 0;
}

int main(int argc, char **argv)
{
    long long deadline = monotonic_milliseconds() + call_limit();

    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_line("{\"status\":\"Failure\",\"message\":\"Not enough args\"}\n");
        return 0;
    }
    const char *verb = argv[1];
    int arguments = argc - 2;
    if (is(verb, "init")) {
        // without capabilities kubelet believes that it must attach, which enable1.6 is for
        print_line(init_without_capabilities(argv[0])
                       ? "{\"status\":\"Success\"}\n"
                       : "{\"status\":\"Success\",\"capabilities\":{\"attach\":false}}\n");
    } else if (is(verb, "mount") || is(verb, "unmount") || is(verb, "attach")) {
        if (arguments < (is(verb, "mount") ? 2 : 1))
            print_failure((const char *[]){"Not enough arguments for ", verb, NULL});
        else
            ask_agent(argc, argv, deadline);
    } else if (is(verb, "config")) {
        ask_agent(argc, argv, deadline);
    } else {
        print_line("{\"status\":\"Not supported\",\"message\":\"Not supported.\"}\n");
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The FlexVolume driver kubelet runs: one process a call, answered by the agent of the node.
//
// Kubelet reads standard output and standard error together and wants exactly one JSON object, so
// there is one write to the first, none to the second, and the exit code is always 0: with another
// one kubelet logs the arguments, secrets included. It holds a lock of the whole node during init
// and never ends a call by itself, hence init without the agent and a deadline for everything else.
// What is answered without the agent is told to it afterwards, for its log, if it is there.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange.h"
#include "settings.h"
#include "start.h"
#include "text.h"

#define DEFAULT_SOCKET "/run/dory/agent.sock"
#define IS_IT_RUNNING "; is the dory-agent pod or service of this node running?"

enum {
    LONGEST_REQUEST = 1 << 20,
    LONGEST_TOLD = 1 << 16,      // what a socket takes at once
    LIMIT = 110 * 1000,          // milliseconds
    START_LIMIT = 30 * 1000,     // for an agent that we start to serve
    START_PAUSE = 20             // between looks whether it does
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

// A Failure, with its newline, whose message is the parts, up to the first NULL, one after the other.
// It stays until the next one.
static const struct text *failure(const char *const *parts)
{
    static char message_room[4096];
    static char answer_room[sizeof message_room * 6 + 64];
    static struct text answer;
    struct text message = {message_room, sizeof message_room - 1, 0, false};

    for (; *parts != NULL; parts++)
        text_add_plain(&message, *parts);
    message_room[message.length] = '\0';
    answer = (struct text){answer_room, sizeof answer_room - 1, 0, false};
    text_add_plain(&answer, "{\"status\":\"Failure\",\"message\":");
    text_add_quoted(&answer, message_room);
    text_add_plain(&answer, "}\n");
    answer_room[answer.length] = '\0';
    return &answer;
}

static void print_failure(const char *const *parts)
{
    const struct text *answer = failure(parts);

    print(answer->at, answer->length);
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

static const char *agent_socket(void)
{
    const char *named = getenv("DORY_AGENT_SOCKET");

    return named == NULL || *named == '\0' ? DEFAULT_SOCKET : named;
}

// The call as a line; what was said about it, when that is no longer asked.
static void write_request(struct text *request, int argc, char **argv, const char *said)
{
    text_add_plain(request, "{\"driver\":");
    text_add_quoted(request, argv[0]);
    text_add_plain(request, ",\"pid\":");
    text_add_number(request, (unsigned long) getpid());
    text_add_plain(request, ",\"args\":[");
    for (int i = 1; i < argc; i++) {
        if (i > 1)
            text_add_plain(request, ",");
        text_add_quoted(request, argv[i]);
    }
    text_add_plain(request, "]");
    if (said != NULL) {
        text_add_plain(request, ",\"said\":");
        text_add_quoted(request, said);
    }
    text_add_plain(request, "}\n");
}

// Answers a call without the agent. It is answered before anything else is tried.
static void answer_alone(int argc, char **argv, const char *line)
{
    static char room[LONGEST_TOLD];
    struct text request = {room, sizeof room, 0, false};

    print_line(line);
    write_request(&request, argc, argv, line);
    if (!request.overflowed)
        exchange_tell(agent_socket(), room, request.length);
}

static bool is_absent(const struct exchange *exchange, enum exchange_end end)
{
    return end == NOT_THERE
        && (exchange->error_number == ENOENT || exchange->error_number == ECONNREFUSED);
}

static void pause_until(long long end)
{
    for (long long left; (left = end - monotonic_milliseconds()) > 0;)
        usleep((useconds_t) left * 1000);
}

// Has the agent started, once a call, and asks it as soon as it is there. Nothing was sent before.
static void ask_started_agent(struct exchange *exchange, const struct text *request,
                              const char *command)
{
    struct start start = {command, exchange->socket_path, 0};
    long long patience = monotonic_milliseconds() + START_LIMIT;
    enum start_end started = UNDER_WAY;
    enum exchange_end end;

    if (patience > exchange->deadline)
        patience = exchange->deadline;
    do {
        // one that dies before it serves lets the lock go, and another call's start is tried
        if (started == UNDER_WAY)
            started = start_agent(&start);
        if (started == NOT_STARTED) {
            const char *error = strerrordesc_np(start.error_number);

            print_failure((const char *[]){"cannot start the dory agent by ", command, ": ",
                                           error == NULL ? "unknown error" : error,
                                           "; startAgent in the driver's .json names it", NULL});
            return;
        }
        pause_until(monotonic_milliseconds() + START_PAUSE);
        end = exchange_run(exchange, request->at, request->length);
    } while (is_absent(exchange, end) && monotonic_milliseconds() < patience);
    if (is_absent(exchange, end))
        print_failure((const char *[]){"the dory agent that was started by ", command,
                                       " does not serve at ", exchange->socket_path,
                                       "; what it printed is in ", exchange->socket_path, ".out",
                                       NULL});
    else if (end == REPLIED)
        print(exchange->reply, exchange->length);
    else
        print_exchange_failure(exchange, end);
}

static void ask_agent(int argc, char **argv, long long deadline)
{
    static char request_room[LONGEST_REQUEST];
    static struct exchange exchange;
    struct text request = {request_room, sizeof request_room, 0, false};
    char command[PATH_MAX];

    write_request(&request, argc, argv, NULL);
    if (request.overflowed) {
        print_failure((const char *[]){"the arguments make a request larger than 1 MiB", NULL});
        return;
    }
    exchange.socket_path = agent_socket();
    exchange.deadline = deadline;
    enum exchange_end end = exchange_run(&exchange, request_room, request.length);
    if (end == REPLIED)
        print(exchange.reply, exchange.length);
    else if (is_absent(&exchange, end) && agent_to_start(argv[0], command, sizeof command))
        ask_started_agent(&exchange, &request, command);
    else
        print_exchange_failure(&exchange, end);
}

static bool is(const char *verb, const char *other)
{
    return strcmp(verb, other) == 0;
}

// The reply to a call with too few arguments.
static void refuse(int argc, char **argv)
{
    answer_alone(argc, argv,
                 failure((const char *[]){"Not enough arguments for ", argv[1], NULL})->at);
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
        answer_alone(argc, argv,
                     init_without_capabilities(argv[0])
                         ? "{\"status\":\"Success\"}\n"
                         : "{\"status\":\"Success\",\"capabilities\":{\"attach\":false}}\n");
    } else if (is(verb, "mount") || is(verb, "unmount") || is(verb, "attach")) {
        if (arguments < (is(verb, "mount") ? 2 : 1))
            refuse(argc, argv);
        else
            ask_agent(argc, argv, deadline);
    } else if (is(verb, "config")) {
        ask_agent(argc, argv, deadline);
    } else if (arguments < 1) {
        refuse(argc, argv);
    } else {
        answer_alone(argc, argv,
                     "{\"status\":\"Not supported\",\"message\":\"Not supported.\"}\n");
    }
    return 0;
}

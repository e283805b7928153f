// SPDX-License-Identifier: Apache-2.0
// Starts the agent where nobody else does: on a host without systemd and without the agent's pod.
#ifndef DORY_START_H
#define DORY_START_H

enum start_end {
    STARTED,      // the command runs
    UNDER_WAY,    // somebody else's agent is starting, or running without serving
    NOT_STARTED   // error_number says why
};

struct start {
    const char *command;       // absolute path
    const char *socket_path;   // where the agent shall serve; a lock lies beside it
    int error_number;
};

// Runs "COMMAND agent --socket PATH" in a session of its own, with nothing of ours but a lock that
// it holds for as long as it lives. What it prints goes to PATH.out.
enum start_end start_agent(struct start *start);

#endif

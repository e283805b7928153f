# shellcheck shell=bash
# Sourced by ../demo and ./bench: finds a JDK 25, builds what is not built, and starts the project's own Java
# programs in mount namespaces of their own. Needs $root, the root of the checkout.

java_home() { # prints the home of a JDK 25
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /opt/*jdk*25* "$HOME"/.sdkman/candidates/java/25* \
    "$(dirname "$(dirname "$(readlink -f "$(command -v java || true)")")")"; do
    [ -x "$home/bin/javac" ] && "$home/bin/javac" -version 2>&1 | grep -q '^javac 25' && { echo "$home"; return; }
  done
  echo "no JDK 25: looked at JAVA_HOME, /usr/lib/jvm, /opt, ~/.sdkman and java in PATH" >&2
  return 1
}

modules=(dory-driver/docker-plugin:dory-docker-plugin.jar dory-driver/driver:dory dory-driver/agent:dory-agent.jar
  flex-provisioner:dory-flex-provisioner.jar vcs-images/provisioner-kit:dory-provisioner-kit.jar
  vcs-images/local-plugin:dory-local-plugin.jar e2e:dory-e2e.jar)

not_built() { # prints the modules whose program is missing or older than its sources
  local entry module product
  for entry in "${modules[@]}"; do
    module=$root/${entry%%:*} product=$root/${entry%%:*}/target/${entry##*:}
    if [ ! -e "$product" ] \
      || [ -n "$(find "$module/src/main" "$module/pom.xml" -newer "$product" -type f -print -quit 2>/dev/null)" ]; then
      echo "${entry%%:*}"
    fi
  done
}

build() { # builds what is not built and shows how far it is
  local missing log began=$SECONDS ended
  missing=$(not_built)
  [ -z "$missing" ] && return 0
  for tool in mvn gcc; do
    command -v "$tool" > /dev/null || { echo "not built, and $tool is not in PATH to build it" >&2; return 1; }
  done
  mkdir -p "$root/target"
  log=$root/target/build.log
  echo "building (once): ${missing//$'\n'/ }"
  (cd "$root" && mvn -B -ntp -DskipTests package) < /dev/null > "$log" 2>&1 &
  local mvn=$!
  # shellcheck disable=SC2064 # this process, now
  trap "kill $mvn 2> /dev/null; exit 130" INT TERM HUP
  local shown='' line
  while kill -0 "$mvn" 2> /dev/null; do
    line=$(grep -aE '^\[INFO\] Building Dory' "$log" | tail -1) || true
    if [ -n "$line" ] && [ "$line" != "$shown" ]; then
      shown=$line
      printf '%5d s  %s\n' $((SECONDS - began)) "${line#\[INFO\] Building }"
    fi
    sleep 0.3
  done
  wait "$mvn" && ended=0 || ended=$?
  trap - INT TERM HUP
  if [ "$ended" != 0 ]; then
    grep -a '^\[ERROR\]' "$log" | head -15 >&2
    echo "the build failed, log $log" >&2
    return 1
  fi
  # a jar is left as it is when nothing in it changed
  local entry
  for entry in "${modules[@]}"; do touch -c "$root/${entry%%:*}/target/${entry##*:}"; done
  printf '%5d s  built\n' $((SECONDS - began))
}

namespace() { # sets $apart, the command that gives a program mounts of its own which end with it
  local own=(unshare --mount --propagation private)
  [ "$(id -u)" = 0 ] || own=(unshare --user --map-root-user --mount)
  local refusal
  if ! refusal=$("${own[@]}" true 2>&1); then
    cat >&2 << EOF
This kernel gives no mount namespace to $(id -un): $refusal
Mounting needs one. Run it as root, or allow user namespaces:
  sysctl -w user.max_user_namespaces=15000
  sysctl -w kernel.apparmor_restrict_unprivileged_userns=0    (Ubuntu)
EOF
    return 1
  fi
  apart=("${own[@]}")
  # with processes of its own as well nothing outlives it, however it ends
  if "${own[@]}" --pid --fork --mount-proc --kill-child true 2> /dev/null; then
    apart+=(--pid --fork --mount-proc --kill-child)
  fi
}

java_flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow)

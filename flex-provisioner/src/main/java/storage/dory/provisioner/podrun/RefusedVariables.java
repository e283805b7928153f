// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import java.util.List;
import java.util.Set;

/**
 * Names of environment variables that no property may set: they change how programs are loaded and
 * run, or belong to Kubernetes. A property of such a name is handed over as a file only.
 */
public final class RefusedVariables {
  private static final Set<String> NAMES =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "PWD",
          "OLDPWD",
          "IFS",
          "ENV",
          "BASH_ENV",
          "SHELLOPTS",
          "BASHOPTS",
          "PS4",
          "PROMPT_COMMAND",
          "CDPATH",
          "GLOBIGNORE",
          "HOSTNAME",
          "HOSTALIASES",
          "LOCALDOMAIN",
          "RES_OPTIONS",
          "TMPDIR",
          "TZ",
          "TERM",
          "LANG",
          "LANGUAGE",
          "CLASSPATH",
          "JAVA_OPTS",
          "JAVA_HOME",
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "PYTHONPATH",
          "PYTHONHOME",
          "PYTHONSTARTUP",
          "PERL5LIB",
          "PERL5OPT",
          "PERL5DB",
          "RUBYOPT",
          "RUBYLIB",
          "NODE_OPTIONS",
          "NODE_PATH",
          "NODE_NAME",
          "SERVICE_TOKEN",
          "SERVICE_TOKEN_FILE",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "ALL_PROXY",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "OPENSSL_CONF",
          "CURL_HOME",
          "GCONV_PATH",
          "LOCPATH",
          "NLSPATH",
          "KUBECONFIG");
  private static final List<String> BEGINNINGS =
      List.of("LD_", "DYLD_", "LC_", "GIT_", "MALLOC_", "GLIBC_", "KUBERNETES_", "DORY_", "BASH_");

  private RefusedVariables() {}

  /** Whether a variable may not be set from a property. */
  public static boolean contains(String variable) {
    return NAMES.contains(variable) || BEGINNINGS.stream().anyMatch(variable::startsWith);
  }

  /** The names, and the beginnings of names, that are refused. */
  public static List<String> table() {
    return java.util.stream.Stream.concat(
            NAMES.stream().sorted(), BEGINNINGS.stream().sorted().map(start -> start + "*"))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.kubelet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments of a kubelet, whichever program it is part of.
 *
 * @param flags as kubelet has them, {@code --name=value} or {@code --name} and {@code value}
 */
public record KubeletArguments(List<String> flags) {
  private static final Set<String> EMBEDDING = Set.of("k3s", "k3s-server", "k3s-agent");

  public KubeletArguments {
    flags = List.copyOf(flags);
  }

  /**
   * What a process is started with, if it is a kubelet: one of its own, hyperkube's, microk8s's
   * {@code kubelite}, or k3s, which hands on what its {@code --kubelet-arg} say.
   *
   * @param argv its command line
   */
  public static Optional<KubeletArguments> of(List<String> argv) {
    if (argv.isEmpty()) {
      return Optional.empty();
    }
    // k3s shows itself as one argument "/usr/local/bin/k3s server"
    List<String> words = new ArrayList<>(List.of(argv.getFirst().split(" ")));
    words.addAll(argv.subList(1, argv.size()));
    String program = nameOf(words.getFirst());
    List<String> rest = words.subList(1, words.size());
    if (program.equals("kubelet") || program.equals("kubelite")) {
      return Optional.of(new KubeletArguments(rest));
    }
    if (program.equals("hyperkube") && rest.stream().findFirst().equals(Optional.of("kubelet"))) {
      return Optional.of(new KubeletArguments(rest.subList(1, rest.size())));
    }
    boolean k3s =
        EMBEDDING.contains(program)
            && rest.stream().anyMatch(each -> each.equals("server") || each.equals("agent"));
    return k3s ? Optional.of(handedOn(rest)) : Optional.empty();
  }

  /** The value of a flag; of several the last counts. */
  public Optional<String> value(String flag) {
    Optional<String> found = Optional.empty();
    for (int i = 0; i < flags.size(); i++) {
      String each = flags.get(i);
      if (each.startsWith("--" + flag + "=")) {
        found = Optional.of(each.substring(flag.length() + 3));
      } else if (each.equals("--" + flag) && i + 1 < flags.size()) {
        found = Optional.of(flags.get(i + 1));
      }
    }
    return found.filter(value -> !value.isEmpty());
  }

  private static KubeletArguments handedOn(List<String> words) {
    List<String> flags = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String each = words.get(i);
      if (each.startsWith("--kubelet-arg=")) {
        flags.add("--" + each.substring("--kubelet-arg=".length()));
      } else if (each.equals("--kubelet-arg") && i + 1 < words.size()) {
        flags.add("--" + words.get(i + 1));
      }
    }
    return new KubeletArguments(flags);
  }

  private static String nameOf(String program) {
    Path name = Path.of(program).getFileName();
    return name == null ? "" : name.toString();
  }
}

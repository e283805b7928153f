// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a container's process sees: its environment, and the host's directories in place of its
 * mount paths, because a local process has no file system of its own.
 */
final class Surroundings {
  private static final String PROPERTIES = "/etc/provisioner/properties";
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final String SOCKETS = "/run/docker/plugins";

  private final SortedMap<String, Path> mounts = new TreeMap<>();
  private final Pod pod;
  private final Container container;
  private final String node;

  /**
   * @param volumes directory of each of the pod's volumes
   */
  Surroundings(Pod pod, Container container, Map<String, Path> volumes, String node) {
    this.pod = pod;
    this.container = container;
    this.node = node;
    for (VolumeMount mount : container.getVolumeMounts()) {
      Path directory = Objects.requireNonNull(volumes.get(mount.getName()), mount.getName());
      String sub = Objects.toString(mount.getSubPath(), "");
      mounts.put(mount.getMountPath(), sub.isEmpty() ? directory : directory.resolve(sub));
    }
  }

  /** A word of the command line or a value, on the host. */
  String onHost(String word) {
    // the longest mount path that holds it
    for (String path :
        mounts.keySet().stream().sorted((a, b) -> b.length() - a.length()).toList()) {
      if (word.equals(path) || word.startsWith(path + "/")) {
        return mounts.get(path) + word.substring(path.length());
      }
    }
    return word;
  }

  List<String> onHost(List<String> words) {
    return words.stream().map(this::onHost).toList();
  }

  /** The container's variables, and the places that our programs take from the environment. */
  Map<String, String> environment(Path terminationLog, Function<String, Optional<Secret>> secrets) {
    Map<String, String> all = new TreeMap<>();
    for (EnvVar variable : container.getEnv()) {
      value(variable, secrets).ifPresent(value -> all.put(variable.getName(), onHost(value)));
    }
    all.put("DORY_TERMINATION_LOG", terminationLog.toString());
    place(PROPERTIES).ifPresent(path -> all.put("DORY_PROPERTIES", path.toString()));
    place(ACCOUNT).ifPresent(path -> all.put("DORY_CA_FILE", path.resolve("ca.crt").toString()));
    place(SOCKETS).ifPresent(path -> all.put("DORY_PLUGIN_SOCKETS", path.toString()));
    return all;
  }

  private Optional<Path> place(String mountPath) {
    return Optional.ofNullable(mounts.get(mountPath));
  }

  private Optional<String> value(EnvVar variable, Function<String, Optional<Secret>> secrets) {
    if (variable.getValueFrom() == null) {
      return Optional.of(Objects.toString(variable.getValue(), ""));
    }
    if (variable.getValueFrom().getFieldRef() != null) {
      return field(variable.getValueFrom().getFieldRef().getFieldPath());
    }
    var key = variable.getValueFrom().getSecretKeyRef();
    return key == null
        ? Optional.empty()
        : secrets
            .apply(key.getName())
            .map(secret -> Objects.requireNonNullElse(secret.getData(), Map.<String, String>of()))
            .map(data -> data.get(key.getKey()))
            .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8));
  }

  private Optional<String> field(String path) {
    return Optional.ofNullable(
        switch (path) {
          case "metadata.name" -> pod.getMetadata().getName();
          case "metadata.namespace" -> pod.getMetadata().getNamespace();
          case "metadata.uid" -> pod.getMetadata().getUid();
          case "spec.nodeName" -> node;
          case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName();
          case "status.hostIP", "status.podIP" -> "127.0.0.1";
          default -> null;
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the volumes of a pod as directories of the host. */
final class PodVolumes {
  private final KubeletPaths paths;
  private final Sight sight;
  private final KubernetesClient client;
  private final FlexVolumes flexVolumes;

  PodVolumes(KubeletPaths paths, Sight sight, KubernetesClient client, FlexVolumes flexVolumes) {
    this.paths = paths;
    this.sight = sight;
    this.client = client;
    this.flexVolumes = flexVolumes;
  }

  /** Makes one volume, or says what it waits for; safe to repeat. */
  Mounting make(Pod pod, Volume volume) {
    Path directory =
        paths.pod(pod.getMetadata().getUid()).resolve("files").resolve(volume.getName());
    String namespace = pod.getMetadata().getNamespace();
    try {
      if (volume.getHostPath() != null) {
        return new Mounting.Mounted(Path.of(volume.getHostPath().getPath()));
      }
      if (volume.getPersistentVolumeClaim() != null) {
        return claimed(
            pod,
            volume.getPersistentVolumeClaim().getClaimName(),
            Boolean.TRUE.equals(volume.getPersistentVolumeClaim().getReadOnly()));
      }
      Files.createDirectories(directory);
      if (volume.getSecret() != null) {
        return secret(
            directory,
            namespace,
            volume.getSecret().getSecretName(),
            volume.getSecret().getItems(),
            Boolean.TRUE.equals(volume.getSecret().getOptional()));
      }
      if (volume.getProjected() != null) {
        return projected(directory, namespace, volume.getProjected().getSources());
      }
      if (volume.getConfigMap() != null) {
        return configMap(
            directory,
            namespace,
            volume.getConfigMap().getName(),
            volume.getConfigMap().getItems(),
            Boolean.TRUE.equals(volume.getConfigMap().getOptional()));
      }
      return volume.getEmptyDir() != null
          ? new Mounting.Mounted(directory)
          : new Mounting.Failed("volume " + volume.getName() + ": a kind this stand-in lacks");
    } catch (IOException | UncheckedIOException e) {
      return new Mounting.Failed("volume " + volume.getName() + ": " + e.getMessage());
    }
  }

  /** Takes down every FlexVolume of the pod; the failures, empty when all have gone. */
  List<String> unmountAll(Pod pod) {
    List<String> failures = new ArrayList<>();
    Path volumes = paths.pod(pod.getMetadata().getUid()).resolve("volumes");
    for (Path driver : children(volumes)) {
      String name = String.valueOf(driver.getFileName()).replace('~', '/');
      for (Path target : children(driver)) {
        flexVolumes.unmount(target, name).ifPresent(failures::add);
      }
    }
    return failures;
  }

  private Mounting claimed(Pod pod, String name, boolean readOnly) {
    Optional<PersistentVolumeClaim> claim = sight.claim(pod.getMetadata().getNamespace(), name);
    if (claim.isEmpty()) {
      return new Mounting.NotYet("persistentvolumeclaim \"" + name + "\" not found");
    }
    if (claim.get().getStatus() == null || !"Bound".equals(claim.get().getStatus().getPhase())) {
      return new Mounting.NotYet("persistentvolumeclaim \"" + name + "\" is not bound");
    }
    Optional<PersistentVolume> volume = sight.volume(claim.get().getSpec().getVolumeName());
    if (volume.isEmpty()) {
      return new Mounting.NotYet("its persistentvolume is not known yet");
    }
    if (volume.get().getSpec().getFlexVolume() == null) {
      return new Mounting.Failed("this stand-in mounts flexVolume persistent volumes only");
    }
    return flexVolumes.mount(
        pod,
        volume.get().getMetadata().getName(),
        volume.get().getSpec().getFlexVolume(),
        readOnly);
  }

  private Mounting projected(Path directory, String namespace, List<VolumeProjection> sources)
      throws IOException {
    for (VolumeProjection source : sources) {
      Mounting one = new Mounting.Mounted(directory);
      if (source.getSecret() != null) {
        one =
            secret(
                directory,
                namespace,
                source.getSecret().getName(),
                source.getSecret().getItems(),
                Boolean.TRUE.equals(source.getSecret().getOptional()));
      } else if (source.getConfigMap() != null) {
        one =
            configMap(
                directory,
                namespace,
                source.getConfigMap().getName(),
                source.getConfigMap().getItems(),
                Boolean.TRUE.equals(source.getConfigMap().getOptional()));
      } else if (source.getServiceAccountToken() != null) {
        write(directory, source.getServiceAccountToken().getPath(), bytes("embedded"));
      } else if (source.getDownwardAPI() != null) {
        source.getDownwardAPI().getItems().stream()
            .filter(item -> item.getFieldRef() != null)
            .filter(item -> "metadata.namespace".equals(item.getFieldRef().getFieldPath()))
            .forEach(item -> write(directory, item.getPath(), bytes(namespace)));
      }
      if (!(one instanceof Mounting.Mounted)) {
        return one;
      }
    }
    return new Mounting.Mounted(directory);
  }

  private Mounting secret(
      Path directory, String namespace, String name, List<KeyToPath> items, boolean optional) {
    Optional<Secret> secret = sight.secret(namespace, name);
    if (secret.isEmpty()) {
      return optional
          ? new Mounting.Mounted(directory)
          : new Mounting.NotYet("secret \"" + name + "\" not found");
    }
    Map<String, byte[]> data = new TreeMap<>();
    Objects.requireNonNullElse(secret.get().getData(), Map.<String, String>of())
        .forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value)));
    Objects.requireNonNullElse(secret.get().getStringData(), Map.<String, String>of())
        .forEach((key, value) -> data.put(key, bytes(value)));
    return files(directory, data, items);
  }

  private Mounting configMap(
      Path directory, String namespace, String name, List<KeyToPath> items, boolean optional) {
    ConfigMap map = client.configMaps().inNamespace(namespace).withName(name).get();
    Map<String, byte[]> data = new TreeMap<>();
    if (map != null) {
      map.getData().forEach((key, value) -> data.put(key, bytes(value)));
    } else if (name.equals("kube-root-ca.crt")) {
      // a controller of the real control plane puts it into every namespace; here is no TLS
      data.put("ca.crt", bytes(""));
    } else if (!optional) {
      return new Mounting.NotYet("configmap \"" + name + "\" not found");
    }
    return files(directory, data, items);
  }

  private static Mounting files(Path directory, Map<String, byte[]> data, List<KeyToPath> items) {
    if (items == null || items.isEmpty()) {
      data.forEach((key, value) -> write(directory, key, value));
    } else {
      for (KeyToPath item : items) {
        byte[] value = data.get(item.getKey());
        if (value != null) {
          write(directory, item.getPath(), value);
        }
      }
    }
    return new Mounting.Mounted(directory);
  }

  private static void write(Path directory, String file, byte[] content) {
    try {
      Path path = directory.resolve(file);
      Files.createDirectories(path.getParent());
      Files.write(path, content);
    } catch (IOException e) {
      throw new UncheckedIOException("write " + file, e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Path> children(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var entries = Files.list(directory)) {
      return entries.toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}

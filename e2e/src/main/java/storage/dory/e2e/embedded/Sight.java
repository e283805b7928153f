// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The stand-ins' view of the cluster, kept by informers. Closing stops them. */
final class Sight implements AutoCloseable {
  private final SharedIndexInformer<PersistentVolumeClaim> claims;
  private final SharedIndexInformer<PersistentVolume> volumes;
  private final SharedIndexInformer<StorageClass> classes;
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Secret> secrets;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Starts watching; returns when everything has been seen once. */
  Sight(KubernetesClient client) {
    claims = client.persistentVolumeClaims().inAnyNamespace().inform(tell());
    volumes = client.persistentVolumes().inform(tell());
    classes = client.storage().v1().storageClasses().inform(tell());
    pods = client.pods().inAnyNamespace().inform(tell());
    secrets = client.secrets().inAnyNamespace().inform(tell());
  }

  /** Calls back after every change; the callback must return at once. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  ClusterState state() {
    return new ClusterState(
        claims.getStore().list(),
        volumes.getStore().list(),
        classes.getStore().list(),
        pods.getStore().list(),
        secrets.getStore().list());
  }

  List<Pod> pods() {
    return pods.getStore().list();
  }

  Optional<Pod> pod(String namespace, String name) {
    return Optional.ofNullable(pods.getStore().getByKey(namespace + "/" + name));
  }

  Optional<PersistentVolumeClaim> claim(String namespace, String name) {
    return Optional.ofNullable(claims.getStore().getByKey(namespace + "/" + name));
  }

  Optional<PersistentVolume> volume(String name) {
    return Optional.ofNullable(volumes.getStore().getByKey(name));
  }

  Optional<Secret> secret(String namespace, String name) {
    return Optional.ofNullable(secrets.getStore().getByKey(namespace + "/" + name));
  }

  @Override
  public void close() {
    List.of(claims, volumes, classes, pods, secrets).forEach(SharedIndexInformer::close);
  }

  private <T> ResourceEventHandler<T> tell() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        listeners.forEach(Runnable::run);
      }

      @Override
      public void onUpdate(T before, T after) {
        listeners.forEach(Runnable::run);
      }

      @Override
      public void onDelete(T object, boolean unknown) {
        listeners.forEach(Runnable::run);
      }
    };
  }
}

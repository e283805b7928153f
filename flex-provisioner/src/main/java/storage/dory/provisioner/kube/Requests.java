// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import storage.dory.provisioner.control.Meter;
import storage.dory.provisioner.control.Written;
import storage.dory.provisioner.election.Mandate;
import storage.dory.provisioner.volume.ClaimRef;

/**
 * How any request is made: with leave of the mandate when it writes, counted, and its answer told
 * apart. Safe for use by several threads.
 */
final class Requests {
  private final Mandate mandate;
  private final Meter meter;

  Requests(Mandate mandate, Meter meter) {
    this.mandate = mandate;
    this.meter = meter;
  }

  /** One object; empty when it is not there. */
  <T extends HasMetadata> Optional<T> read(String kind, Supplier<@Nullable T> call) {
    meter.request("get", kind);
    return Optional.ofNullable(call.get());
  }

  /** Several objects. */
  <T extends HasMetadata> List<T> listed(String kind, Supplier<List<T>> call) {
    meter.request("list", kind);
    return call.get();
  }

  <T extends HasMetadata> Written<T> created(String kind, Supplier<@Nullable T> call) {
    return written("create", kind, call, true);
  }

  <T extends HasMetadata> Written<T> patched(String kind, Supplier<@Nullable T> call) {
    return written("patch", kind, call, false);
  }

  <T extends HasMetadata> Written<T> updated(String kind, Supplier<@Nullable T> call) {
    return written("update", kind, call, false);
  }

  private <T extends HasMetadata> Written<T> written(
      String verb, String kind, Supplier<@Nullable T> call, boolean creation) {
    mandate.check();
    meter.request(verb, kind);
    try {
      T object = call.get();
      return object == null ? new Written.Absent<>() : new Written.Done<>(object);
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case 404 -> new Written.Absent<>();
        case 409 -> creation ? new Written.Exists<>() : new Written.Stale<>();
        case 400, 403, 405, 413, 422 -> new Written.Rejected<>(words(e));
        default -> throw e;
      };
    }
  }

  /** Deletes; what stays for its finalizers counts as being deleted from now on. */
  <T extends HasMetadata> Written<T> removed(
      Supplier<List<StatusDetails>> call, Removal<T> removal) {
    mandate.check();
    meter.request("delete", removal.kind);
    try {
      boolean found = !call.get().isEmpty();
      if (found && removal.stays) {
        removal.shelf.deleting(removal.key, removal.uid, removal.marked);
      } else {
        removal.shelf.remove(removal.key, removal.uid);
      }
      return new Written.Absent<>();
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case 404 -> {
          removal.shelf.remove(removal.key, removal.uid);
          yield new Written.Absent<>();
        }
        case 409 -> new Written.Stale<>();
        case 400, 403, 405, 422 -> new Written.Rejected<>(words(e));
        default -> throw e;
      };
    }
  }

  /**
   * An object to be deleted.
   *
   * @param stays whether it will still be there when the request returns
   * @param marked the object as being deleted
   */
  record Removal<T extends HasMetadata>(
      String kind,
      Shelf<T> shelf,
      String key,
      String uid,
      boolean stays,
      UnaryOperator<T> marked) {}

  /** Puts what was written onto its shelf. */
  static <T extends HasMetadata> Written<T> kept(Written<T> written, Shelf<T> shelf) {
    if (written instanceof Written.Done<T>(T object)) {
      var _ = shelf.put(object);
    }
    return written;
  }

  /** As well that it is no more. */
  static <T extends HasMetadata> Written<T> kept(
      Written<T> written, Shelf<T> shelf, String key, String uid) {
    if (written instanceof Written.Absent<T>) {
      shelf.remove(key, uid);
    }
    return kept(written, shelf);
  }

  static <T extends HasMetadata> T named(T object, ClaimRef claim) {
    return named(object, claim.namespace(), claim.name());
  }

  /**
   * What a patch is for. A client that is told only the name asks for the object first, and patches
   * nothing, without a word, when it is not there.
   */
  static <T extends HasMetadata> T named(T object, @Nullable String namespace, String name) {
    ObjectMeta meta = new ObjectMeta();
    meta.setNamespace(namespace);
    meta.setName(name);
    object.setMetadata(meta);
    return object;
  }

  private static String words(KubernetesClientException e) {
    String message = e.getStatus() == null ? null : e.getStatus().getMessage();
    return message == null ? String.valueOf(e.getMessage()) : message;
  }
}

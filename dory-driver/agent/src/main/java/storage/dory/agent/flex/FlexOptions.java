// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The options of a volume as kubelet passes them: those of the PV and {@code kubernetes.io/} ones.
 * Never logged, secrets are among them.
 */
public record FlexOptions(Map<String, String> values) {
  private static final String KUBERNETES = "kubernetes.io";

  /** Written by our provisioner kit into its PVs. */
  private static final String CREATE = "dory.storage/create-volume";

  public FlexOptions {
    values = Map.copyOf(values);
  }

  /** The name of the volume in the plugin: option {@code name} of any case, else the PV's name. */
  public Optional<String> volumeName() {
    return values.entrySet().stream()
        .filter(each -> each.getKey().equalsIgnoreCase("name"))
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .or(() -> value("kubernetes.io/pvOrVolumeName"));
  }

  /**
   * Whether the volume may be made when it is not there. A provisioner's may not: it was made with
   * more than the PV tells, a size for one, and one made anew would hide that its data has gone.
   */
  public boolean mayBeCreated() {
    return value(CREATE).filter("false"::equals).isEmpty();
  }

  public Optional<String> podUid() {
    return value("kubernetes.io/pod.uid");
  }

  /** The filesystem the PV asks for. */
  public Optional<String> fsType() {
    return value("kubernetes.io/fsType");
  }

  /** The group that the pod asks for, by the key of kubelet from 1.16 on or the one before. */
  public Optional<Long> fsGroup() {
    return value("kubernetes.io/mounterArgs.FsGroup")
        .or(() -> value("kubernetes.io/fsGroup"))
        .filter(digits -> digits.matches("[0-9]{1,10}"))
        .map(Long::valueOf);
  }

  public Optional<String> podName() {
    return value("kubernetes.io/pod.name");
  }

  public Optional<String> podNamespace() {
    return value("kubernetes.io/pod.namespace");
  }

  public boolean readOnly() {
    return value("kubernetes.io/readwrite").filter("ro"::equals).isPresent();
  }

  /**
   * What a volume is created with: all but its name, and but kubelet's own when they are stripped.
   *
   * @param fsTypeOption the option by which the plugin wants to know the filesystem asked for;
   *     empty: it does not
   */
  public Map<String, String> forCreate(boolean stripKubernetes, Optional<String> fsTypeOption) {
    Map<String, String> options = new TreeMap<>();
    values.forEach((key, value) -> {
      boolean kubelets = stripKubernetes && key.startsWith(KUBERNETES);
      if (!kubelets && !key.equals(CREATE) && !key.equalsIgnoreCase("name")) {
        options.put(key, value);
      }
    });
    if (fsTypeOption.isPresent() && fsType().isPresent()) {
      options.putIfAbsent(fsTypeOption.get(), fsType().get());
    }
    return options;
  }

  /** Only the number: the values may be secret. */
  @Override
  public String toString() {
    return "FlexOptions[" + values.size() + "]";
  }

  private Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
  }
}

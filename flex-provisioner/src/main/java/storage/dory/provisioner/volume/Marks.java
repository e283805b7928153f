// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.volume;

import java.util.List;

/** Names that we put on objects in the cluster; see docs/architecture.md. */
public final class Marks {
  public static final String PROVISIONER = "dory.storage/flex-provisioner";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String US = "dory-flex-provisioner";

  public static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
  public static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /** Beginning of all that follow, and of the annotations by which a claim sets properties. */
  public static final String PREFIX = "dory.storage/";

  public static final String REQUEST = "dory.storage/request";
  public static final String ACTION = "dory.storage/action";
  public static final String ATTEMPT = "dory.storage/attempt";
  public static final String CLAIM = "dory.storage/claim";
  public static final String DEFINITION = "dory.storage/definition";

  /** Annotation of a volume: our seal of its record. */
  public static final String SEAL = "dory.storage/seal";

  /** Secret with the key of our seals, in the provisioner's namespace. */
  public static final String WEBHOOK_SECRET = "dory-flex-provisioner-admission";

  public static final String INPUTS = "dory.storage/inputs";
  public static final String SINCE = "dory.storage/since-attempt";
  public static final String NODE_GIVEN_BACK = "dory.storage/node-given-back";

  /** On a pod: whether the container of an attempt before it may have run; {@code none} if not. */
  public static final String EARLIER = "dory.storage/earlier";

  /** On a pod, by an administrator: what may be left in the storage system is left there. */
  public static final String GIVE_UP = "dory.storage/give-up";

  /** On the DaemonSet of a volume client: SHA-256 of the pod template that we last gave it. */
  public static final String TEMPLATE = "dory.storage/template";

  public static final String VERDICT = "dory.storage/verdict";

  /** On a claim: name of the user who filed it. */
  public static final String FILER_USERNAME = "dory.storage/username";

  /** On a claim: JSON list of the groups of the user who filed it. */
  public static final String FILER_GROUPS = "dory.storage/groups";

  /** On a claim: when the two were written, and the seal that nobody else can make. */
  public static final String FILER_SEAL = "dory.storage/filed";

  /** All that say who filed a claim. */
  public static final List<String> FILER = List.of(FILER_USERNAME, FILER_GROUPS, FILER_SEAL);

  /** Finalizer of a provisioning pod: it is the record of a request. */
  public static final String POD_FINALIZER = "dory.storage/request";

  /** Finalizer of a volume: it goes only when the pod has said that the volume has gone. */
  public static final String VOLUME_FINALIZER = "dory.storage/volume";

  private Marks() {}
}
